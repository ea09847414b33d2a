/** The order n of P-256 (FIPS 186-5, SP 800-186 §3.2.1.3). */
const order = 0xffffffff_00000000_ffffffff_ffffffff_bce6faad_a7179e84_f3b9cac2_fc632551n;

/** `r` and `s` are of this length each (RFC 7518 §3.4). */
const numberBytes = 32;

const half = toBytes(order / 2n);

/** Whether `s` is the lower of `s` and `n - s`, which are equally good to a verifier. */
export function hasLowerS(signature: Buffer): boolean {
  return signature.subarray(numberBytes).compare(half) <= 0;
}

/** The same signature with the lower `s`. */
export function toLowerS(signature: Buffer): Buffer {
  if (hasLowerS(signature)) return signature;
  const s = BigInt(`0x${signature.toString('hex', numberBytes)}`);
  return Buffer.concat([signature.subarray(0, numberBytes), toBytes(order - s)]);
}

function toBytes(number: bigint): Buffer {
  return Buffer.from(number.toString(16).padStart(2 * numberBytes, '0'), 'hex');
}
