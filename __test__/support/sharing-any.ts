/** Calls a function while checkpoints of any size share: small ones are saved whole otherwise. */
export async function sharingAny<T>(work: () => Promise<T>): Promise<T> {
  process.env['ARROW_CKPT_SHARE_ANY'] = '1';
  try {
    return await work();
  } finally {
    delete process.env['ARROW_CKPT_SHARE_ANY'];
  }
}
