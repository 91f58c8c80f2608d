//! Parsers of flags in the published systems' formats.

/// Parses a boolean as Python programs do.
///
/// # Errors
/// When `text` is no boolean.
pub(super) fn parse_bool(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" | "t" | "y" | "1" => Ok(true),
        "no" | "false" | "f" | "n" | "0" => Ok(false),
        _ => Err("write True or False".to_owned()),
    }
}

/// Parses three numbers separated by commas.
///
/// # Errors
/// When there are not exactly three numbers.
pub(super) fn parse_three(text: &str) -> Result<[f64; 3], String> {
    let numbers: Result<Vec<f64>, _> = text.split(',').map(|number| number.trim().parse()).collect();
    let numbers = numbers.ok().and_then(|numbers| <[f64; 3]>::try_from(numbers).ok());
    numbers.ok_or_else(|| "write three numbers separated by commas".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_parsed_as_in_the_authors_programs() {
        assert_eq!(["True", "yes", "1", "F", "no"].map(parse_bool), [true, true, true, false, false].map(Ok));
        assert!(parse_bool("maybe").is_err());
        assert_eq!(parse_three("1e-4, 0,2"), Ok([1e-4, 0.0, 2.0]));
        assert!(parse_three("1,2").is_err() && parse_three("1,2,x").is_err());
    }
}
