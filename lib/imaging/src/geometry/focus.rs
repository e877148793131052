//! A point of a picture, as a share of each side.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A share of a whole, 0 to 1, in ten-thousandths. In JSON it is a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(pub(super) u16);

impl Share {
    pub(super) const WHOLE: u16 = 10_000;

    /// The nearest share; 0 for what is no number.
    #[must_use]
    pub fn of(value: f64) -> Self {
        let parts = (value.clamp(0.0, 1.0) * f64::from(Self::WHOLE)).round();
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "0 to 10,000, or NaN, which becomes 0"
        )]
        let parts = parts as u16;
        Self(parts)
    }

    /// `part / whole`, at most 1.
    #[must_use]
    pub(crate) fn of_parts(part: u64, whole: u64) -> Self {
        let parts = part.min(whole) * u64::from(Self::WHOLE) / whole.max(1);
        Self(u16::try_from(parts).unwrap_or(Self::WHOLE))
    }

    /// 0.0 to 1.0
    #[must_use]
    pub fn value(self) -> f64 {
        f64::from(self.0) / f64::from(Self::WHOLE)
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.value())
    }
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = f64::deserialize(deserializer)?;
        if (0.0..=1.0).contains(&value) {
            return Ok(Self::of(value));
        }
        Err(D::Error::custom(format_args!(
            "a share is 0 to 1, not {value}"
        )))
    }
}

/// A point of an upright picture, in shares of its sides from the left and the top. In JSON it is `[x, y]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(Share, Share)", into = "(Share, Share)")]
pub struct Focus {
    /// From the left.
    pub x: Share,
    /// From the top.
    pub y: Share,
}

impl Focus {
    /// The middle.
    pub const CENTRE: Self = Self {
        x: Share(Share::WHOLE / 2),
        y: Share(Share::WHOLE / 2),
    };

    /// Parses `0.31,0.62`. `None` unless both are numbers from 0 to 1.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (x, y) = text.split_once(',')?;
        let share = |text: &str| {
            let value: f64 = text.trim().parse().ok()?;
            (0.0..=1.0).contains(&value).then(|| Share::of(value))
        };
        Some(Self {
            x: share(x)?,
            y: share(y)?,
        })
    }
}

impl From<(Share, Share)> for Focus {
    fn from((x, y): (Share, Share)) -> Self {
        Self { x, y }
    }
}

impl From<Focus> for (Share, Share) {
    fn from(focus: Focus) -> Self {
        (focus.x, focus.y)
    }
}

#[cfg(test)]
mod tests {
    use super::{Focus, Share};

    #[test]
    fn a_focus_is_two_numbers_from_0_to_1() {
        let focus = Focus::parse("0.31, 0.62").expect("a focus");
        assert_eq!([focus.x, focus.y], [0.31, 0.62].map(Share::of));
        for bad in [
            "", "0.3", "0.3;0.6", "NaN,0.5", "0.5,inf", "-0.1,0.5", "0.5,1.01", "a,b", "0,0,0",
        ] {
            assert_eq!(Focus::parse(bad), None, "{bad}");
        }
        assert_eq!(Share::of(f64::NAN), Share::of(0.0));
    }
}
