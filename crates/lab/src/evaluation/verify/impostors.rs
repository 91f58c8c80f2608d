//! Distances between different people, from which thresholds are derived.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::evaluation::csv_table::{CsvTable, TableError};
use agemirror_faces::age::TEN_GROUPS;
use agemirror_faces::judges::distance;

/// Maximum number of impostor pairs; beyond it, every n-th pair is used, as more pairs add nothing.
const MAX_PAIRS: usize = 4_000_000;

/// A picture of a known person.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Person {
    /// The picture.
    pub file: PathBuf,
    /// The person's name.
    pub name: String,
    /// Age in years, if known.
    pub age: Option<f32>,
}

/// Distances between pictures of different people, and of the same people at different ages.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Impostors {
    /// Description of the pictures' origin, for the user.
    pub source: String,
    /// Distances of all pairs of different people.
    pub all: Vec<f32>,
    /// By age group: pairs of different people, one of the inputs' ages and one of the group.
    pub by_group: BTreeMap<String, Vec<f32>>,
    /// The same for pairs of one person.
    pub same_by_group: BTreeMap<String, Vec<f32>>,
}

/// Reads people from a table with the columns `file`, `person` and optionally `age`.
///
/// # Errors
/// When the table cannot be read, lacks a column, or has an invalid field.
pub(crate) fn read_people(table: &Path) -> Result<Vec<Person>, TableError> {
    let csv = CsvTable::read(table)?;
    csv.require(&["file"])?;
    csv.require(&["person"])?;
    let person = |row: crate::evaluation::csv_table::Row| {
        let name = row.text("person").ok_or_else(|| row.field_error("person", "a name"))?;
        Ok(Person { file: row.path("file")?, name: name.to_owned(), age: row.number("age")? })
    };
    csv.rows().map(person).collect()
}

/// Treats each picture as a different person.
pub(crate) fn people_in<'a>(pictures: impl IntoIterator<Item = &'a PathBuf>) -> Vec<Person> {
    let mut files: Vec<&PathBuf> = pictures.into_iter().collect();
    files.sort();
    files.dedup();
    let person =
        |file: &&PathBuf| Person { file: (*file).clone(), name: file.display().to_string(), age: None };
    files.iter().map(person).collect()
}

/// Distances between all pictures of `people`, given their `embeddings` (`None` for a picture that could not
/// be measured). `from` is the inclusive age range of the inputs, in years.
pub(crate) fn people_distances(
    source: &str,
    people: &[Person],
    embeddings: &[Option<Vec<f32>>],
    from: (f32, f32),
) -> Impostors {
    let known: Vec<(&Person, &Vec<f32>)> =
        people.iter().zip(embeddings).filter_map(|(person, row)| Some((person, row.as_ref()?))).collect();
    let count = known.len() * known.len().saturating_sub(1) / 2;
    let stride = count.div_ceil(MAX_PAIRS).max(1);
    let mut found = Impostors { source: source.to_owned(), ..Impostors::default() };
    let mut number = 0;
    for (index, (one, here)) in known.iter().enumerate() {
        for (other, there) in &known[index + 1..] {
            number += 1;
            let same = one.name == other.name;
            let groups = groups_of(one, other, from);
            if !same && groups.is_empty() && number % stride != 0 {
                continue;
            }
            let apart = distance(here, there);
            if !same && number % stride == 0 {
                found.all.push(apart);
            }
            let by_group = if same { &mut found.same_by_group } else { &mut found.by_group };
            for group in groups {
                by_group.entry(group.to_owned()).or_default().push(apart);
            }
        }
    }
    found
}

/// The groups that a pair counts for: one picture has an input's age, the other an age of the group.
fn groups_of(one: &Person, other: &Person, (low, high): (f32, f32)) -> Vec<&'static str> {
    let (Some(a), Some(b)) = (one.age, other.age) else { return Vec::new() };
    // Ages are whole years: 29.5 is an age of 29.
    let is_input = |age: f32| (low..=high).contains(&age.floor());
    let mut groups: Vec<&str> = [(a, b), (b, a)]
        .iter()
        .filter(|(input, _)| is_input(*input))
        .filter_map(|(_, age)| group_of(*age))
        .collect();
    groups.dedup();
    groups
}

fn group_of(age: f32) -> Option<&'static str> {
    let year = age.floor();
    let holds = |group: &&agemirror_faces::age::AgeGroup| {
        year >= f32::from(group.first) && group.last.is_none_or(|last| year <= f32::from(last))
    };
    TEN_GROUPS.iter().find(holds).map(|group| group.label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str, age: f32) -> Person {
        Person { file: PathBuf::from(format!("{name}{age}.png")), name: name.to_owned(), age: Some(age) }
    }

    #[test]
    fn pairs_are_sorted_by_group_and_person() {
        let people = [person("ann", 25.0), person("ann", 61.5), person("bob", 22.0), person("bob", 5.0)];
        let embeddings = [Some(vec![0.0]), Some(vec![1.0]), Some(vec![10.0]), None];
        let found = people_distances("a test", &people, &embeddings, (20.0, 29.0));
        assert_eq!(found.all, [10.0, 9.0], "no pair contains the picture without a face");
        assert_eq!(found.same_by_group, BTreeMap::from([("50–69".to_owned(), vec![1.0])]));
        let wanted = [("20–29".to_owned(), vec![10.0]), ("50–69".to_owned(), vec![9.0])];
        assert_eq!(found.by_group, BTreeMap::from(wanted));
    }

    #[test]
    fn a_picture_is_one_person_however_often_it_is_named() {
        let files = [PathBuf::from("b.png"), PathBuf::from("a.png"), PathBuf::from("b.png")];
        let people = people_in(&files);
        assert_eq!(people.iter().map(|p| p.file.to_str().unwrap()).collect::<Vec<_>>(), ["a.png", "b.png"]);
        assert_ne!(people[0].name, people[1].name);
    }

    #[test]
    fn people_are_read_from_a_table() {
        let folder = tempfile::tempdir().unwrap();
        let table = folder.path().join("people.csv");
        std::fs::write(&table, "file,person,age\na.png,ann,25\nb.png,ann,\n").unwrap();
        let people = read_people(&table).unwrap();
        assert_eq!((people[0].age, people[1].age, people[1].name.as_str()), (Some(25.0), None, "ann"));
        std::fs::write(&table, "file,name\na.png,ann\n").unwrap();
        assert!(read_people(&table).unwrap_err().to_string().contains("`person`"));
    }
}
