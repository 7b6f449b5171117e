/**
 * Polynomials over the field of two elements, as bits of a bigint (bit n is the coefficient of x^n).
 *
 * A repository's chunker works modulo one irreducible polynomial of degree 53, as restic's does.
 */
import { randomBytes } from 'node:crypto';

export type Polynomial = bigint;

/** The degree, -1 for the zero polynomial. */
export function degree(a: Polynomial): number {
  return a === 0n ? -1 : a.toString(2).length - 1;
}

export function multiply(a: Polynomial, b: Polynomial): Polynomial {
  let product = 0n;
  for (let rest = b, shifted = a; rest > 0n; rest >>= 1n, shifted <<= 1n) {
    if (rest & 1n) product ^= shifted;
  }
  return product;
}

/** Quotient and remainder. Throws RangeError when `divisor` is zero. */
export function divide(a: Polynomial, divisor: Polynomial): { quotient: Polynomial; remainder: Polynomial } {
  if (divisor === 0n) throw new RangeError('division of a polynomial by zero');
  const size = degree(divisor);
  let quotient = 0n;
  let remainder = a;
  for (let gap = degree(remainder) - size; gap >= 0; gap = degree(remainder) - size) {
    quotient |= 1n << BigInt(gap);
    remainder ^= divisor << BigInt(gap);
  }
  return { quotient, remainder };
}

export function modulo(a: Polynomial, divisor: Polynomial): Polynomial {
  return divide(a, divisor).remainder;
}

export function greatestCommonDivisor(a: Polynomial, b: Polynomial): Polynomial {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, modulo(x, y)];
  return x;
}

/** Ben-Or's test: no irreducible factor of degree i divides a when gcd(a, x^(2^i) - x) is 1. */
export function isIrreducible(a: Polynomial): boolean {
  const size = degree(a);
  if (size < 1) return false;
  const x = 2n;
  let power = modulo(x, a);
  for (let i = 1; i <= size >> 1; i++) {
    power = modulo(multiply(power, power), a);
    if (greatestCommonDivisor(a, power ^ modulo(x, a)) !== 1n) return false;
  }
  return true;
}

const DEGREE = 53n;

/** A random irreducible polynomial of degree 53, of the kind that a new repository takes. */
export function randomPolynomial(random: () => bigint = randomWord): Polynomial {
  // About one in 27 candidates is irreducible; ten thousand failures mean that the randomness is broken.
  for (let attempt = 0; attempt < 10_000; attempt++) {
    const candidate = (random() & ((1n << (DEGREE + 1n)) - 1n)) | (1n << DEGREE) | 1n;
    if (isIrreducible(candidate)) return candidate;
  }
  throw new Error('no irreducible polynomial found: the source of randomness is broken');
}

function randomWord(): bigint {
  return randomBytes(8).readBigUInt64LE();
}
