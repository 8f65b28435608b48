import { expect, test } from 'vitest';
import { clusterAt, placeOf, typeOf } from './liveBytes';

const bytes = (...parts: (string | number[])[]) =>
  new Uint8Array(parts.flatMap((part) => (typeof part === 'string' ? Array.from(new TextEncoder().encode(part)) : part)));
const id = [0x1f, 0x43, 0xb6, 0x75];
const endless = [0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];

test('a cluster is found by what it is and what it begins with', () => {
  expect(clusterAt(bytes('head', id, endless, [0xe7, 0x81, 0x00]))).toBe(4);
  expect(clusterAt(bytes('head', id, [0x84], [0xe7, 0x81]))).toBe(4);
  expect(clusterAt(bytes('picture', id, 'with its bytes', id, endless, [0xe7]))).toBe(25);
  expect(clusterAt(bytes(id, endless, [0xe7], id, endless, [0xe7]), 1)).toBe(13);
});

test('half of a cluster, and none, are nowhere', () => {
  expect(clusterAt(bytes('nothing', [0x1f, 0x43]))).toBe(-1);
  expect(clusterAt(bytes(id, endless))).toBe(-1);
  expect(clusterAt(bytes(id, [0x00], [0xe7]))).toBe(-1);
  expect(clusterAt(bytes())).toBe(-1);
});

test('a head says what plays it', () => {
  expect(typeOf(bytes('..webm..V_VP9..A_OPUS..'))).toBe('video/webm; codecs="vp9,opus"');
  expect(typeOf(bytes('..matroska..V_MPEG4/ISO/AVC'))).toBeNull();
  expect(typeOf(bytes('..webm..V_MPEG4/ISO/AVC'))).toBeNull();
});

test('a range says where it begins', () => {
  expect(placeOf('bytes 120-239/*')).toBe(120);
  expect(placeOf(null)).toBe(0);
});
