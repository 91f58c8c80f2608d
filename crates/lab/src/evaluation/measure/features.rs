//! Features in their stored form: half precision in base64, a tenth of the size of decimal text.

use half::f16;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A feature judge's features of one picture, in half precision.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Features(Vec<f16>);

impl Features {
    /// Rounds `values` to half precision.
    pub(crate) fn new(values: &[f32]) -> Self {
        Self(values.iter().map(|value| f16::from_f32(*value)).collect())
    }

    /// The features in single precision.
    pub(crate) fn values(&self) -> Vec<f32> {
        self.0.iter().map(|value| value.to_f32()).collect()
    }
}

impl Serialize for Features {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes: Vec<u8> = self.0.iter().flat_map(|value| value.to_le_bytes()).collect();
        serializer.serialize_str(&base64::encode(bytes))
    }
}

impl<'de> Deserialize<'de> for Features {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = base64::decode(&text).map_err(D::Error::custom)?;
        let (pairs, rest) = bytes.as_chunks::<2>();
        if !rest.is_empty() {
            return Err(D::Error::custom("features end within a number"));
        }
        Ok(Self(pairs.iter().map(|pair| f16::from_le_bytes(*pair)).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_survive_serialization() {
        let features = Features::new(&[0.0, -1.5, 3.140_625, 1000.0]);
        let text = serde_json::to_string(&features).unwrap();
        assert_eq!(serde_json::from_str::<Features>(&text).unwrap(), features);
        assert_eq!(features.values(), [0.0, -1.5, 3.140_625, 1000.0]);
        for wrong in ["\"AAAA\"", "\"no base64!\"", "[1.0]"] {
            assert!(serde_json::from_str::<Features>(wrong).is_err(), "{wrong}");
        }
    }
}
