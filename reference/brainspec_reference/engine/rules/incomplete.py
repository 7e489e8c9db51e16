"""The incomplete gamma and beta functions, regularized, in double precision.

Each has two ways to be computed, a series or a continued fraction from below and one from above; the one that loses no
digits is taken. Outside their domains (positive parameters, 0 <= x, and x <= 1 for beta) they are nan.
"""

import math

from .special import EPSILON, digamma, each
from .table import Table


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


ARITHMETIC: Table = {
    "igamma":                      each(igamma),
    "igammac":                     each(igammac),
    "igamma_grad_a":               each(igamma_grad_a),
    "regularized_incomplete_beta": each(betainc),
}

MOVES: Table = {}
