//! Numbers of different kinds compared by their exact values, as JavaScript compares a number with a bigint.

use std::cmp::Ordering;

use super::Literal;

/// A number to compare with.
#[derive(Debug, Clone, Copy)]
pub(super) enum Numeric {
    Float(f64),
    /// Saturated: no column holds an integer of more than 64 bits.
    Integer(i128),
}

impl Numeric {
    pub fn of(literal: &Literal) -> Option<Self> {
        match literal {
            Literal::Number(number) => Some(Self::Float(number.value())),
            Literal::Integer(digits) => Some(Self::Integer(parse(digits))),
            _ => None,
        }
    }

    pub fn is_nan(self) -> bool {
        matches!(self, Self::Float(value) if value.is_nan())
    }

    /// How `value` compares with this; `None` where either is NaN.
    pub fn compare_float(self, value: f64) -> Option<Ordering> {
        match self {
            Self::Float(other) => value.partial_cmp(&other),
            Self::Integer(other) => float_to_integer(value, other),
        }
    }

    /// How `value` compares with this; `None` where this is NaN.
    pub fn compare_integer(self, value: i128) -> Option<Ordering> {
        match self {
            Self::Float(other) => float_to_integer(other, value).map(Ordering::reverse),
            Self::Integer(other) => Some(value.cmp(&other)),
        }
    }
}

fn parse(digits: &str) -> i128 {
    digits.parse().unwrap_or(if digits.starts_with('-') { i128::MIN } else { i128::MAX })
}

/// 2^127: every integer is less, and any float below it converts without a loss but of its fraction.
const BOUND: f64 = 170_141_183_460_469_231_731_687_303_715_884_105_728.0;

/// How a float compares with an integer, neither of them rounded.
fn float_to_integer(float: f64, integer: i128) -> Option<Ordering> {
    if float.is_nan() {
        return None;
    }
    if float >= BOUND {
        return Some(Ordering::Greater);
    }
    if float < -BOUND {
        return Some(Ordering::Less);
    }
    let whole = float.floor();
    Some((whole as i128).cmp(&integer).then(if float > whole { Ordering::Greater } else { Ordering::Equal }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cmp::Ordering::{Equal, Greater, Less};

    #[test]
    fn floats_and_integers_compare_by_value() {
        let cases = [
            (0.5, 0, Greater),
            (-0.5, 0, Less),
            (-0.0, 0, Equal),
            (9_007_199_254_740_992.0, 9_007_199_254_740_993, Less),
            (9_223_372_036_854_775_808.0, i128::from(i64::MAX), Greater),
            (1e300, i128::MAX, Greater),
            (-1e300, i128::MIN, Less),
            (f64::INFINITY, 5, Greater),
            (f64::NEG_INFINITY, 5, Less),
            (-1.5, -2, Greater),
            (-1.5, -1, Less),
        ];
        for (float, integer, expected) in cases {
            assert_eq!(float_to_integer(float, integer), Some(expected), "{float} {integer}");
            assert_eq!(Numeric::Float(float).compare_integer(integer), Some(expected.reverse()));
            assert_eq!(Numeric::Integer(integer).compare_float(float), Some(expected));
        }
        assert_eq!(float_to_integer(f64::NAN, 0), None);
        assert_eq!(parse("-99999999999999999999999999999999999999999999"), i128::MIN);
    }
}
