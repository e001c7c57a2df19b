//! JSON of the facade's.

use serde::de::DeserializeOwned;

/// What a text says. The facade wrote it: one that says something else is misuse.
pub fn parse<T: DeserializeOwned>(text: &str) -> napi::Result<T> {
    serde_json::from_str(text).map_err(|error| napi::Error::from_reason(error.to_string()))
}
