"""Special functions in double precision, so that one rounding to a smaller type is right.

Each is a function of Python floats, written from its definition: Newton's method for an inverse, a recurrence that
walks to where an asymptotic series is good, a power series. `each` lifts it to arrays.
"""

import math
from collections.abc import Callable

import numpy as np

from .table import Array, Table

EPSILON = 2.0**-53
# Bernoulli numbers B2, B4, …, which Stirling's and Euler's and Maclaurin's series share
BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798)


def each(function: Callable[..., float]) -> Callable[..., Array]:
    """Over arrays; nan in, nan out; a number too large is infinite."""

    def total(*xs: float) -> float:
        if any(x != x for x in xs):
            return math.nan
        try:
            return function(*(float(x) for x in xs))
        except OverflowError:
            return math.inf

    def lifted(*xs: Array) -> Array:
        return np.asarray(np.vectorize(total, otypes=[np.float64])(*xs))

    return lifted


def erf_inv(y: float) -> float:
    """Newton's method from Winitzki's approximation; near the ends on erfc, where erf has no digits left."""
    if y == 0 or abs(y) >= 1:
        return y if y == 0 else math.copysign(math.inf, y) if abs(y) == 1 else math.nan
    tail, size = 1 - abs(y), abs(y)
    log = math.log1p(-y * y)
    middle = 2 / (math.pi * 0.147) + log / 2
    x = math.sqrt(math.sqrt(middle * middle - log / 0.147) - middle)
    for _ in range(5):
        error = math.erf(x) - size if size < 0.5 else tail - math.erfc(x)
        x -= error * math.sqrt(math.pi) / 2 * math.exp(x * x)
    return math.copysign(x, y)


def lgamma(x: float) -> float:
    return math.inf if math.isinf(x) or (x <= 0 and x.is_integer()) else math.lgamma(x)


def digamma(x: float) -> float:
    if math.isinf(x) or (x <= 0 and x.is_integer()):
        return x if x > 0 else math.nan
    if x < 0:  # the reflection formula; the tangent has period 1
        return digamma(1 - x) - math.pi / math.tan(math.pi * (x - round(x)))
    value = 0.0
    while x < 10:
        value, x = value - 1 / x, x + 1
    series = sum(b / (2 * k) * (1 / x) ** (2 * k) for k, b in enumerate(BERNOULLI, 1))
    return value + math.log(x) - 0.5 / x - series


def bessel_ie(order: int, x: float) -> float:
    """e^-|x| I_order(x) for order 0 or 1: the power series, or where that is long the asymptotic one."""
    size = abs(x)
    sign = math.copysign(1.0, x) if order else 1.0
    if math.isinf(x):
        return sign * 0.0
    total, k = 0.0, 0
    if size < 40:
        term = (size / 2) ** order
        while term > EPSILON * total:
            total, k = total + term, k + 1
            term *= (size / 2) ** 2 / (k * (k + order))
        return sign * total * math.exp(-size)
    term = 1.0
    while abs(term) > EPSILON:
        total, k = total + term, k + 1
        term *= ((2 * k - 1) ** 2 - 4 * order) / (8 * k * size)
    return sign * total / (math.sqrt(2 * math.pi) * math.sqrt(size))


def zeta(s: float, q: float) -> float:
    """Hurwitz's zeta function, the sum of (q + n)^-s: some terms, then the formula of Euler and Maclaurin."""
    if s == 1 or (q <= 0 and q.is_integer()):
        return math.inf if s == 1 or (s == math.floor(s) and s % 2 == 0) else math.nan
    if s < 1 or (q < 0 and not s.is_integer()) or math.isinf(q):
        return math.nan if s < 1 or q < 0 else 0.0
    total = 0.0
    while q < 12:
        total, q = total + math.pow(q, -s), q + 1
    total += math.pow(q, 1 - s) / (s - 1) + 0.5 * math.pow(q, -s)
    factor = s * math.pow(q, -s - 1)
    for k, b in enumerate(BERNOULLI, 1):
        total += b * factor / math.factorial(2 * k)
        factor *= (s + 2 * k - 1) * (s + 2 * k) / (q * q)
    return float(total)


def polygamma(n: float, x: float) -> float:
    if n == 0:
        return digamma(x)
    if n < 0 or not n.is_integer():
        return math.nan
    return (-1.0) ** (int(n) + 1) * math.exp(math.lgamma(n + 1)) * zeta(n + 1, x)


def _order(n: int) -> Callable[[float], float]:
    return lambda x: bessel_ie(n, x)


ARITHMETIC: Table = {
    "erf":                         each(math.erf),
    "erfc":                        each(math.erfc),
    "erf_inv":                     each(erf_inv),
    "lgamma":                      each(lgamma),
    "digamma":                     each(digamma),
    "polygamma":                   each(polygamma),
    "zeta":                        each(zeta),
    "bessel_i0e":                  each(_order(0)),
    "bessel_i1e":                  each(_order(1)),
}

MOVES: Table = {}
