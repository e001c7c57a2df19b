/** The parts of a URL that names an object, or what several begin with. */
interface BucketUrl {
  /** `s3`, `gs`, `az`, `http`, `https`, or that of a driver of the caller's. */
  scheme: string;
  /** The bucket or container; for HTTP the host with its port. */
  bucket: string;
  /** What follows the slash behind the bucket, as it is: `%`, `?` and `#` are characters like others. For HTTP it is that of the URL. */
  key: string;
}

const URL_OF = /^([a-z][a-z0-9+.-]*):\/\/([^/]+)(?:\/(.*))?$/is;
const SCHEMES: ReadonlySet<string> = new Set(['s3', 'gs', 'az', 'http', 'https']);

/** The parts of a URL; undefined for anything else. */
export function bucketUrl(path: string): BucketUrl | undefined {
  const [, scheme, bucket, key = ''] = URL_OF.exec(path) ?? [];
  return scheme === undefined || bucket === undefined ? undefined : { scheme: scheme.toLowerCase(), bucket, key };
}

/** A path or URL as it may be shown: in the query of a web server's URL signatures stand. */
export function withoutQuery(path: string): string {
  return /^https?:\/\//i.test(path) ? path.replace(/[?#].*$/s, '') : path;
}

/** Whether a path is a URL of a scheme that this package knows. Other paths name files, whatever they look like. */
export function isBucketUrl(path: string): boolean {
  // A first pattern without regard to case costs a process 0.2 ms.
  if (!/:\/\//.test(path)) return false;
  const scheme = /^([a-z][a-z0-9]*):\/\//i.exec(path)?.[1];
  return scheme !== undefined && SCHEMES.has(scheme.toLowerCase());
}
