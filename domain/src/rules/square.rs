use serde::{Deserialize, Serialize};

/// One of the nine squares, row by row from the top left.
///
/// The table, the API and URLs use [`Square::attribute_name`], the attribute names of AWS's example
/// application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[expect(missing_docs, reason = "the names say it")]
pub enum Square {
    TopLeft,
    TopMiddle,
    TopRight,
    MiddleLeft,
    MiddleMiddle,
    MiddleRight,
    BottomLeft,
    BottomMiddle,
    BottomRight,
}

impl Square {
    /// All nine squares, in reading order.
    pub const ALL: [Self; 9] = [
        Self::TopLeft,
        Self::TopMiddle,
        Self::TopRight,
        Self::MiddleLeft,
        Self::MiddleMiddle,
        Self::MiddleRight,
        Self::BottomLeft,
        Self::BottomMiddle,
        Self::BottomRight,
    ];

    /// The attribute of the `Games` table that holds this square's mark, such as `TopLeft`.
    #[must_use]
    pub const fn attribute_name(self) -> &'static str {
        match self {
            Self::TopLeft => "TopLeft",
            Self::TopMiddle => "TopMiddle",
            Self::TopRight => "TopRight",
            Self::MiddleLeft => "MiddleLeft",
            Self::MiddleMiddle => "MiddleMiddle",
            Self::MiddleRight => "MiddleRight",
            Self::BottomLeft => "BottomLeft",
            Self::BottomMiddle => "BottomMiddle",
            Self::BottomRight => "BottomRight",
        }
    }

    /// The accessible name on the page, such as `Top left`.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::TopLeft => "Top left",
            Self::TopMiddle => "Top middle",
            Self::TopRight => "Top right",
            Self::MiddleLeft => "Middle left",
            Self::MiddleMiddle => "Middle middle",
            Self::MiddleRight => "Middle right",
            Self::BottomLeft => "Bottom left",
            Self::BottomMiddle => "Bottom middle",
            Self::BottomRight => "Bottom right",
        }
    }

    /// The index from 0 to 8, in reading order.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The row from the top and the column from the left, both from 0 to 2.
    #[must_use]
    pub const fn row_and_column(self) -> (usize, usize) {
        (self.index() / 3, self.index() % 3)
    }
}

/// The error for a text that is not the name of a square.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown square")]
pub struct UnknownSquare;

impl std::str::FromStr for Square {
    type Err = UnknownSquare;

    fn from_str(name: &str) -> Result<Self, UnknownSquare> {
        Self::ALL
            .into_iter()
            .find(|square| square.attribute_name() == name)
            .ok_or(UnknownSquare)
    }
}

impl std::fmt::Display for Square {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.attribute_name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_attribute_name_parses_to_its_square() {
        for square in Square::ALL {
            assert_eq!(square.attribute_name().parse(), Ok(square));
            assert_eq!(
                serde_json::to_string(&square).ok(),
                Some(format!("\"{square}\""))
            );
        }
        assert_eq!("topleft".parse::<Square>(), Err(UnknownSquare));
    }

    proptest! {
        #[test]
        fn only_attribute_names_are_squares(
            text in prop_oneof![any::<String>(), "(Top|Middle|Bottom|top) ?(Left|Middle|Right|left).?"],
        ) {
            match text.parse::<Square>() {
                Ok(square) => prop_assert_eq!(square.attribute_name(), text),
                Err(UnknownSquare) => {
                    prop_assert!(Square::ALL.iter().all(|square| square.attribute_name() != text));
                }
            }
        }
    }
}
