/** A store in a bucket of Amazon S3 or of a server that speaks its language. */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { UserError } from '../../errors.ts';
import { PARTIAL_SUFFIX } from '../runs/write.ts';
import { missingFile, type Store } from './store.ts';

/** One upload takes no more than this; larger files would need parts. */
const LARGEST_BYTES = 5 * 2 ** 30;

/**
 * Opens `s3://bucket/prefix`. Keys, region and another server's address come from the environment that Amazon's tools use:
 * AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT_URL_S3.
 *
 * @throws UserError for an address without a bucket.
 */
export function openS3Store(address: string, environment: NodeJS.ProcessEnv = process.env): Store {
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(address) ?? [];
  if (!bucket) throw new UserError(`'--store': expected s3://bucket/prefix, found '${address}'`);
  const endpoint = environment.AWS_ENDPOINT_URL_S3 ?? environment.AWS_ENDPOINT_URL;
  const client = new S3Client({
    region: environment.AWS_REGION ?? 'us-east-1',
    // Other servers seldom have a host name for each bucket.
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
  });
  return new S3Store(address, client, bucket, prefix.replace(/\/+$/, ''));
}

class S3Store implements Store {
  readonly address: string;
  private readonly client: S3Client;
  private readonly bucket: string;
  private readonly prefix: string;

  constructor(address: string, client: S3Client, bucket: string, prefix: string) {
    this.address = address;
    this.client = client;
    this.bucket = bucket;
    this.prefix = prefix;
  }

  async has(name: string): Promise<boolean> {
    try {
      await this.client.send(new HeadObjectCommand(this.place(name)));
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw this.explain(error);
    }
  }

  async read(name: string): Promise<Uint8Array | null> {
    try {
      const { Body: body } = await this.client.send(new GetObjectCommand(this.place(name)));
      return body ? await body.transformToByteArray() : null;
    } catch (error) {
      if (isMissing(error)) return null;
      throw this.explain(error);
    }
  }

  async write(name: string, content: Uint8Array): Promise<void> {
    await this.put(name, content, content.byteLength);
  }

  async lend(name: string, content: Uint8Array): Promise<void> {
    await this.write(name, content);
  }

  async remove(name: string): Promise<void> {
    await this.explained(this.client.send(new DeleteObjectCommand(this.place(name))));
  }

  async removeFolder(folder: string): Promise<void> {
    const { Bucket, Key } = this.place(folder);
    // At most a thousand at a time.
    for (;;) {
      const { Contents: files = [] } = await this.explained(
        this.client.send(new ListObjectsV2Command({ Bucket, Prefix: `${Key}/` })),
      );
      if (files.length === 0) return;
      for (const file of files)
        await this.explained(this.client.send(new DeleteObjectCommand({ Bucket, Key: file.Key })));
    }
  }

  async upload(name: string, path: string): Promise<void> {
    const { size } = await stat(path);
    if (size > LARGEST_BYTES)
      throw new UserError(
        `${path} has ${size} bytes, more than one upload to ${this.address} takes (${LARGEST_BYTES}); use a shared folder, or weights in several files`,
      );
    await this.put(name, createReadStream(path), size);
  }

  async download(name: string, path: string): Promise<void> {
    const partial = `${path}.${process.pid}${PARTIAL_SUFFIX}`;
    try {
      const { Body: body } = await this.client.send(new GetObjectCommand(this.place(name)));
      await mkdir(dirname(path), { recursive: true });
      await pipeline(body as Readable, createWriteStream(partial));
      await rename(partial, path);
    } catch (error) {
      await rm(partial, { force: true }).catch(() => undefined);
      throw isMissing(error) ? missingFile(this.address, name) : this.explain(error);
    }
  }

  private async put(name: string, body: Readable | Uint8Array, length: number): Promise<void> {
    await this.explained(
      this.client.send(new PutObjectCommand({ ...this.place(name), Body: body, ContentLength: length })),
    );
  }

  private async explained<Result>(answer: Promise<Result>): Promise<Result> {
    try {
      return await answer;
    } catch (error) {
      throw this.explain(error);
    }
  }

  private place(name: string): { Bucket: string; Key: string } {
    return { Bucket: this.bucket, Key: this.prefix === '' ? name : `${this.prefix}/${name}` };
  }

  private explain(error: unknown): Error {
    const { name, message } = error as Error;
    return new UserError(
      `The store ${this.address} does not do what is asked (${name}: ${message}); check the bucket, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and AWS_ENDPOINT_URL_S3`,
    );
  }
}

function isMissing(error: unknown): boolean {
  return ['NoSuchKey', 'NotFound'].includes((error as Error).name);
}
