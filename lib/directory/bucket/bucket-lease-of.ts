import { basename } from 'node:path';
import type { BucketPlace } from '../../bucket/bucket-of.js';
import { BucketLease } from '../../bucket/bucket-lease.js';
import { leasePath, type LeaseOptions } from '../lease.js';
import { placeIn, type BucketHome } from './bucket-home.js';

/** Where the lease of an operation is: beside the steps, under the name that it has in a local directory. */
export function leasePlace(home: BucketHome, step: string, operation: string): BucketPlace {
  return placeIn(home, basename(leasePath({ directory: '', step, operation })));
}

/** Takes the lease of an operation. @throws `ERR_CKPT_LOCKED` when another has it for longer than `lockWait` */
export function takeBucketLease(home: BucketHome, step: string, operation: string, options: LeaseOptions): Promise<BucketLease> {
  const { lockWait, signal, sweeps = false, streams = false } = options;
  const what = `operation '${operation}' of step '${step}'`;
  return BucketLease.take(leasePlace(home, step, operation), { waitMs: lockWait, signal, what, queues: !sweeps, stream: streams });
}
