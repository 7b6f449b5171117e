import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  degree,
  divide,
  greatestCommonDivisor,
  isIrreducible,
  modulo,
  multiply,
  randomPolynomial,
} from './polynomial.ts';

// The tables are those of restic/chunker's polynomials_test.go.
describe('polynomials over F2', () => {
  it('multiply', () => {
    for (const [x, y, product] of [
      [1n, 2n, 2n],
      [0b1101n, 0b10n, 0b11010n],
      [0b1101n, 0b11n, 0b10111n],
      [0x40000000n, 0x40000000n, 0x1000000000000000n],
      [0b1010n, 0b100100n, 0b101101000n],
      [0b100n, 0b11n, 0b1100n],
      [0b11n, 0b110101n, 0b1011111n],
      [0b10011n, 0b110101n, 0b1100001111n],
    ] as const) {
      assert.equal(multiply(x, y), product);
      assert.equal(multiply(y, x), product);
    }
  });

  it('divide', () => {
    for (const [x, y, quotient] of [
      [10n, 50n, 0n],
      [0n, 1n, 0n],
      [0b101101000n, 0b1010n, 0b100100n],
      [2n, 2n, 1n],
      [0x8000000000000000n, 0x8000000000000000n, 1n],
      [0b1100n, 0b100n, 0b11n],
      [0b1100001111n, 0b10011n, 0b110101n],
    ] as const)
      assert.equal(divide(x, y).quotient, quotient);
    for (const [x, y, remainder] of [
      [10n, 50n, 10n],
      [0n, 1n, 0n],
      [0b101101001n, 0b1010n, 1n],
      [2n, 2n, 0n],
      [0b1100001111n, 0b10011n, 0n],
    ] as const)
      assert.equal(modulo(x, y), remainder);
    assert.equal(modulo(multiply(0x1230n, 0x230n), 0x55n), 0x22n);
    assert.equal(
      modulo(multiply(0x0eae8c07dbbb3026n, 0xd5d6db9de04771den), 0xdd2bda3b77c9n),
      0x425ae8595b7an,
    );
    assert.throws(() => divide(1n, 0n), RangeError);
  });

  it('divide so that quotient times divisor plus remainder is the dividend', () => {
    const word = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
    fc.assert(
      fc.property(word, word, (a, b) => {
        fc.pre(b !== 0n);
        const { quotient, remainder } = divide(a, b);
        assert.equal(multiply(quotient, b) ^ remainder, a);
        assert.ok(degree(remainder) < degree(b));
      }),
    );
  });

  it('find the greatest common divisor', () => {
    for (const [x, y, divisor] of [
      [10n, 50n, 2n],
      [0n, 1n, 1n],
      [0b101101001n, 0b1010n, 1n],
      [2n, 2n, 2n],
      [0b1010n, 0b11n, 0b11n],
      [0b1100n, 0b101n, 0b11n],
      [0b1100001111n, 0b10011n, 0b10011n],
      [0x3da3358b4dc173n, 0x3da3358b4dc173n, 0x3da3358b4dc173n],
      [0x3da3358b4dc173n, 0x230d2259defdn, 1n],
      [0x230d2259defdn, 0x51b492b3eff2n, 0b10011n],
    ] as const) {
      assert.equal(greatestCommonDivisor(x, y), divisor);
      assert.equal(greatestCommonDivisor(y, x), divisor);
    }
  });

  it('tell which are irreducible', () => {
    const irreducible = [0x3da3358b4dc173n, 0x2482734cacca49n];
    const reducible = [
      0x38f1e565e288dfn,
      0x30a8295b9d5c91n,
      0x255f4350b962cbn,
      0x267f776110a235n,
      0x2f4dae10d41227n,
      0x312daf4b284899n,
      0x29dfb6553d01d1n,
      0x3548245eb26257n,
      0x3199e7ef4211b3n,
      0x362f39017dae8bn,
      0x200d57aa6fdacbn,
      0x35e0a4efa1d275n,
      0x2ced55b026577fn,
      0x260b012010893dn,
      0x2df29cbcd59e9dn,
      0x3f2ac7488bd429n,
      0x3e5cb1711669fbn,
      0x226d8de57a9959n,
      0x3c8de80aaf5835n,
      0x2026a59efb219bn,
      0x39dfa4d13fb231n,
      0x3143d0464b3299n,
    ];
    for (const polynomial of irreducible) assert.equal(isIrreducible(polynomial), true);
    for (const polynomial of reducible) assert.equal(isIrreducible(polynomial), false);
    assert.equal(isIrreducible(0n), false);
    assert.equal(isIrreducible(1n), false);
  });

  it('are chosen at random with degree 53, irreducible and never twice the same', () => {
    const [a, b] = [randomPolynomial(), randomPolynomial()];
    assert.notEqual(a, b);
    for (const polynomial of [a, b]) {
      assert.equal(degree(polynomial), 53);
      assert.ok(isIrreducible(polynomial));
    }
    assert.throws(() => randomPolynomial(() => 0n), /randomness/);
  });
});
