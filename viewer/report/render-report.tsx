import { render } from 'preact-render-to-string';
import type { ReportData } from '../../lib/cli/view/report-data.js';
import look from '../look.css';
import { Report } from './report.jsx';
import style from './report.css';

/** Nothing is loaded and nothing is run, whoever opens it: there is no script in it at all. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** The page of a report, as one text. */
export function renderReport(data: ReportData): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="${POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>arrow-ckpt report</title>
<style>
${look}${style}</style>
</head>
<body>
${render(<Report data={data} />)}
</body>
</html>
`;
}
