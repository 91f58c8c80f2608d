//! Flags as the authors of the published systems have them.

/// Truth in words, as Python programs take it.
///
/// # Errors
/// When it is neither.
pub(super) fn truth(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" | "t" | "y" | "1" => Ok(true),
        "no" | "false" | "f" | "n" | "0" => Ok(false),
        _ => Err("say True or False".to_owned()),
    }
}

/// Three numbers with commas between them.
///
/// # Errors
/// When there are not three.
pub(super) fn three(text: &str) -> Result<[f64; 3], String> {
    let numbers: Result<Vec<f64>, _> = text.split(',').map(|number| number.trim().parse()).collect();
    let numbers = numbers.ok().and_then(|numbers| <[f64; 3]>::try_from(numbers).ok());
    numbers.ok_or_else(|| "give three numbers with commas between them".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_read_as_the_authors_programs_do() {
        assert_eq!(["True", "yes", "1", "F", "no"].map(truth), [true, true, true, false, false].map(Ok));
        assert!(truth("maybe").is_err());
        assert_eq!(three("1e-4, 0,2"), Ok([1e-4, 0.0, 2.0]));
        assert!(three("1,2").is_err() && three("1,2,x").is_err());
    }
}
