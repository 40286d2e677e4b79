//! How deep a JSON file goes, and how many values it holds, before anything is made of it.
//!
//! A parser makes a value of 32 bytes or more out of two bytes of `0,`, and a table of hundreds out of `{"":0},`; and
//! where it ignores what it reads, it still keeps a byte for each level that it is in. One look at the brackets and commas
//! outside of strings bounds both. Bytes that are not JSON may pass: the parser refuses them.

/// What a file may be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    pub depth_max: usize,
    /// Values, counted by what stands before each: a bracket or a comma.
    pub values_max: usize,
}

impl Shape {
    /// # Errors
    /// What is too much, in words for people who know the format.
    pub fn check(self, json: &[u8]) -> Result<(), String> {
        let (mut depth, mut values, mut in_string, mut escaped) = (0usize, 0usize, false, false);
        for byte in json {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if in_string => escaped = true,
                b'"' => in_string = !in_string,
                _ if in_string => {}
                b'[' | b'{' => (depth, values) = (depth + 1, values + 1),
                b']' | b'}' => depth = depth.saturating_sub(1),
                b',' => values += 1,
                _ => {}
            }
            if depth > self.depth_max {
                return Err(format!("it is nested more than {} levels deep", self.depth_max));
            }
            if values > self.values_max {
                return Err(format!("it holds more than {} values", self.values_max));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_and_values_are_counted_outside_of_strings_alone() {
        let shape = Shape { depth_max: 3, values_max: 5 };
        for fine in [r#"{"a": [[1, 2]]}"#, r#"["[[[[[[", ",,,,,,,\\",", "\"]]]]"]"#, "]]]]", "", "not JSON"] {
            assert_eq!(shape.check(fine.as_bytes()), Ok(()), "{fine}");
        }
        assert!(shape.check(b"[[[[").unwrap_err().contains("levels"));
        assert!(shape.check(br#"{"a": [1, 2, 3, 4, 5]}"#).unwrap_err().contains("values"));
    }
}
