//! The JSON Schema of `programme.toml`, for editors that complete and check while an official types.
//!
//! It is generated from the types that are signed, so it cannot drift from them; the tests below hold the
//! reader in [`folder`](super::folder) to the same keys. It says less than the reader checks: files, dates
//! and texts need more than a schema.

use crate::model::programme::AuthoredProgramme;
use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;

/// The schema as indented JSON (draft 2020-12), ending in a newline.
pub fn schema_json() -> String {
    let settings = SchemaSettings::draft2020_12().with_transform(RecursiveTransform(refuse_other_keys));
    let schema = settings.into_generator().into_root_schema_for::<AuthoredProgramme>();
    format!("{:#}\n", schema.as_value())
}

/// An unknown key is an error, in an editor too.
fn refuse_other_keys(schema: &mut Schema) {
    if schema.get("properties").is_some() {
        schema.insert("additionalProperties".to_owned(), false.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::media::Probe;
    use crate::problem::{Outcome, Speech};
    use crate::publish::folder;
    use jiff::Timestamp;
    use std::collections::BTreeSet;
    use std::path::Path;

    /// The keys that the schema knows at a JSON pointer.
    fn schema_keys(pointer: &str) -> BTreeSet<String> {
        let schema: serde_json::Value = serde_json::from_str(&schema_json()).unwrap();
        let properties = schema.pointer(pointer).and_then(|value| value.as_object());
        properties.unwrap_or_else(|| panic!("no {pointer}")).keys().cloned().collect()
    }

    /// The keys that the reader knows under a header, as it lists them to whoever writes an unknown one.
    fn reader_keys(header: &str) -> BTreeSet<String> {
        let folder = tempfile::tempdir().unwrap();
        let text = format!("{header}\nzzzzzzzzzzzzzzzzzzzz = 1\n");
        std::fs::write(folder.path().join(folder::PROGRAMME_FILE), text).unwrap();
        let probe = |_: &Path| -> Outcome<Probe> { Ok(Probe::Sound { duration_ms: 1, silent: false }) };
        let problems = folder::read(folder.path(), &probe, Timestamp::UNIX_EPOCH).unwrap_err();
        let lines: Vec<String> = problems.iter().map(|problem| problem.line(Speech::English)).collect();
        let known = lines.iter().find_map(|line| line.split_once("known here: ")).expect("an unknown key");
        known.1.split(", ").map(str::to_owned).collect()
    }

    #[test]
    fn the_reader_and_the_schema_know_the_same_keys() {
        for (header, pointer) in [
            ("", "/properties"),
            ("[[notice]]", "/$defs/Notice/properties"),
            ("[[ticker]]", "/$defs/Ticker/properties"),
            ("[[announcement]]", "/$defs/Announcement/properties"),
            ("[[notice]]\n[notice.in.hmn]", "/$defs/Translation/properties"),
        ] {
            assert_eq!(reader_keys(header), schema_keys(pointer), "under {header}");
        }
    }

    #[test]
    fn the_committed_schema_is_the_one_that_the_types_give() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/config/programme.schema.json");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(path, schema_json()).unwrap();
        }
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            committed == schema_json(),
            "{path} is out of date: run this test with BLESS=1 and look at the difference"
        );
    }
}
