/** The version of the package. A constant, since a bundle has no package.json beside it; `npm version` writes it. */
export const VERSION = '0.1.0';
