// What maps are made of: see `mapParts`.
export { BatchCalls } from './batches/batch-calls.js';
export { forgetRows } from './forget/forget-rows.js';
export { JobCalls } from './jobs/job-calls.js';
export { JobFolder } from './jobs/job-folder.js';
export { planRows } from './plan.js';
export { runMap } from './run-map.js';
export { refuseForCopies } from './staging/refuse-for-copies.js';
