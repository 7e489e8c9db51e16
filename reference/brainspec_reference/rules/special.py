"""Special functions in double precision, so that one rounding to a smaller type is right.

Each is a function of Python floats, written from its definition: Newton's method for an inverse, a recurrence that
walks to where an asymptotic series is good, a series, a continued fraction. `each` lifts it to arrays.
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


def _gamma_density(a: float, x: float) -> float:
    """x^a e^-x / Γ(a + 1), the first term of the series of the lower incomplete gamma function."""
    return math.exp(a * math.log(x) - x - math.lgamma(a + 1))


def _gamma_series(a: float, x: float) -> float:
    total, term, n = 1.0, 1.0, a
    while term > EPSILON * total:
        n += 1
        term *= x / n
        total += term
    return total * _gamma_density(a, x)


def _gamma_fraction(a: float, x: float) -> float:
    """The upper function by its continued fraction, evaluated forwards (Lentz)."""
    b = x + 1 - a
    c, d = 1e300, 1 / b
    value = d
    for n in range(1, 10000):
        numerator, b = -n * (n - a), b + 2
        d = 1 / (numerator * d + b)
        c = b + numerator / c
        value *= c * d
        if abs(c * d - 1) < EPSILON:
            break
    return value * a * _gamma_density(a, x)


def igamma(a: float, x: float) -> float:
    """The regularized lower incomplete gamma function P(a, x), for positive finite a and x from 0 on."""
    if x < 0 or a <= 0 or math.isinf(a):
        return math.nan
    if x == 0 or math.isinf(x):
        return 0.0 if x == 0 else 1.0
    return _gamma_series(a, x) if x < a else 1 - _gamma_fraction(a, x)


def igammac(a: float, x: float) -> float:
    """The upper one, Q = 1 - P, without the subtraction where that loses digits."""
    if x < a or math.isinf(x):
        return 1 - igamma(a, x)
    return _gamma_fraction(a, x) if a > 0 else math.nan


def igamma_grad_a(a: float, x: float) -> float:
    """dP/da: P is a sum of x^(a+n) e^-x / Γ(a+n+1), each term with derivative term · (log x - ψ(a+n+1))."""
    if x < 0 or a <= 0 or math.isinf(a):
        return math.nan
    if x == 0 or math.isinf(x):
        return 0.0
    term, slope = _gamma_density(a, x), math.log(x) - digamma(a + 1)
    total, n = 0.0, a
    while n < x or abs(term * slope) > EPSILON * abs(total):
        total += term * slope
        n += 1
        term, slope = term * x / n, slope - 1 / n
    return total


def betainc(a: float, b: float, x: float) -> float:
    """The regularized incomplete beta function by its continued fraction, from the side where that converges."""
    if not 0 <= x <= 1 or a <= 0 or b <= 0:
        return math.nan
    if x in (0.0, 1.0):
        return x
    if x > a / (a + b):
        return 1 - betainc(b, a, 1 - x)
    front = math.pow(x, a) * math.exp(b * math.log1p(-x) + math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b))
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, 10000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for numerator in (even, odd):
            d = 1 / (1 + numerator * d)
            c = 1 + numerator / c
            value *= c * d
        if abs(c * d - 1) < EPSILON:
            break
    return front * value / a


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
    "igamma":                      each(igamma),
    "igammac":                     each(igammac),
    "igamma_grad_a":               each(igamma_grad_a),
    "regularized_incomplete_beta": each(betainc),
    "bessel_i0e":                  each(_order(0)),
    "bessel_i1e":                  each(_order(1)),
}

MOVES: Table = {}
