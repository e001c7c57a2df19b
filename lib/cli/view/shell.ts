/** A table in the colours of the page. */
const ICON =
  "%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect x='1' y='2' width='14' height='12' rx='2' fill='%232f6feb'/%3E" +
  "%3Cpath d='M1 6h14M1 10h14M6 6v8' stroke='white'/%3E%3C/svg%3E";

/** The page before its script runs. Nothing of a checkpoint is in it. */
export const SHELL = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>arrow-ckpt</title>
<link rel="icon" href="data:image/svg+xml,${ICON}">
<link rel="stylesheet" href="page.css">
<script type="module" src="page.js"></script>
</head>
<body>
<div id="app"></div>
<noscript>The viewer needs JavaScript, which comes from this address only. \`arrow-ckpt list\` and \`arrow-ckpt head\` need none.</noscript>
</body>
</html>
`;
