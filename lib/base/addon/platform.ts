/** The binaries that may run here, by the names of their packages' ends: the likelier first. */
export function platformNames(): string[] {
  const { platform, arch } = process;
  if (platform === 'linux') {
    // The wrong one is refused by the dynamic linker; most often only the right one is installed.
    return isGlibc() === false ? [`linux-${arch}-musl`, `linux-${arch}-gnu`] : [`linux-${arch}-gnu`, `linux-${arch}-musl`];
  }
  return [platform === 'win32' ? `win32-${arch}-msvc` : `${platform}-${arch}`];
}

/** The platform for people: `linux-x64 (glibc)`. */
export function platformName(): string {
  const glibc = process.platform === 'linux' ? isGlibc() : undefined;
  const libc = glibc === undefined ? '' : glibc ? ' (glibc)' : ' (musl)';
  return `${process.platform}-${process.arch}${libc}`;
}

/** Undefined where the runtime does not tell: Deno without `--allow-sys` throws. */
function isGlibc(): boolean | undefined {
  try {
    // @types/node 20 does not know it.
    const report = process.report as NodeJS.ProcessReport & { excludeNetwork?: boolean };
    const { excludeNetwork } = report;
    try {
      // Else a report looks up the names of all open sockets, which takes seconds where there are many.
      report.excludeNetwork = true;
      const { header } = report.getReport() as { header?: { glibcVersionRuntime?: string } };
      return header === undefined ? undefined : header.glibcVersionRuntime !== undefined;
    } finally {
      if (excludeNetwork !== undefined) report.excludeNetwork = excludeNetwork;
    }
  } catch {
    return undefined;
  }
}
