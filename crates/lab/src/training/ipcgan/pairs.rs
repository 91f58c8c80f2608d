//! The true and the wrong age group of each step, or of each face.

use std::path::Path;

use rand::Rng;

use crate::dataset::{DatasetError, seeded, shuffled};
use agemirror_faces::aging::ipcgan::CLASSES;

/// RNG streams of the pairs and of shuffling a list; lower streams belong to the orders of faces.
const PAIR_STREAM: u64 = 101;
const SHUFFLE_STREAM: u64 = 102;

/// A true and a wrong group for each step, or for each face in mixed batches.
#[derive(Clone, Debug)]
pub(crate) enum LabelPairs {
    /// Drawn evenly.
    Drawn {
        /// Seed of the pairs.
        seed: u64,
    },
    /// Listed in a file, shuffled once and repeated.
    Listed(Vec<[usize; 2]>),
}

impl LabelPairs {
    /// Reads and shuffles a list with lines `true wrong` (the authors' `train_label_pair.txt`).
    ///
    /// # Errors
    /// When it cannot be read, is empty, or a line does not name two different groups.
    pub(crate) fn read(path: &Path, seed: u64) -> Result<Self, DatasetError> {
        let failed = |cause| DatasetError::Io { file: path.to_owned(), action: "read", cause };
        let text = std::fs::read_to_string(path).map_err(failed)?;
        let wrong = |line: u64, value: &str| DatasetError::Field {
            file: path.to_owned(),
            line,
            column: "pair",
            value: value.to_owned(),
            expected: "two different groups from 0 to 4",
        };
        let pair = |(number, line): (u64, &str)| {
            let groups: Vec<usize> = line.split_whitespace().map_while(|group| group.parse().ok()).collect();
            match groups[..] {
                [right, false_one] if right != false_one && right.max(false_one) < CLASSES => {
                    Ok([right, false_one])
                }
                _ => Err(wrong(number, line)),
            }
        };
        let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
        let pairs: Vec<[usize; 2]> = lines.map(pair).collect::<Result<_, _>>()?;
        if pairs.is_empty() {
            return Err(wrong(1, ""));
        }
        Ok(Self::Listed(
            shuffled(pairs.len(), seed, 0, SHUFFLE_STREAM).into_iter().map(|i| pairs[i]).collect(),
        ))
    }

    /// The true and the wrong group of the step or face after `done` others.
    pub(crate) fn at(&self, done: u64) -> [usize; 2] {
        match self {
            Self::Drawn { seed } => {
                let mut random = seeded(*seed, done, PAIR_STREAM);
                let right = random.random_range(0..CLASSES);
                [right, (right + random.random_range(1..CLASSES)) % CLASSES]
            }
            Self::Listed(pairs) => pairs[(done % pairs.len() as u64) as usize],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawn_pairs_are_even_and_differ() {
        let pairs = LabelPairs::Drawn { seed: 3 };
        let mut counts = [[0; CLASSES]; CLASSES];
        for step in 0..4000 {
            let [right, wrong] = pairs.at(step);
            counts[right][wrong] += 1;
        }
        for (right, row) in counts.iter().enumerate() {
            for (wrong, count) in row.iter().enumerate() {
                let expected = if right == wrong { 0..1 } else { 130..270 };
                assert!(expected.contains(count), "{counts:?}");
            }
        }
        assert_eq!(pairs.at(17), LabelPairs::Drawn { seed: 3 }.at(17));
    }

    #[test]
    fn a_list_is_repeated() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("train_label_pair.txt");
        std::fs::write(&path, "0 1\n2 3\n4 0\n").unwrap();
        let pairs = LabelPairs::read(&path, 1).unwrap();
        let mut round: Vec<[usize; 2]> = (0..3).map(|step| pairs.at(step)).collect();
        assert_eq!(round[0], pairs.at(3));
        round.sort_unstable();
        assert_eq!(round, [[0, 1], [2, 3], [4, 0]]);
        std::fs::write(&path, "0 1\n2 2\n").unwrap();
        let message = LabelPairs::read(&path, 1).unwrap_err().to_string();
        assert!(message.contains("train_label_pair.txt, line 2") && message.contains("`2 2`"), "{message}");
    }
}
