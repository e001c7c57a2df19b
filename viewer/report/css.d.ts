/** The bundler gives the text of a style. */
declare module '*.css' {
  const text: string;
  export default text;
}
