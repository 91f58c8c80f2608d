//! Fonts of the system, for languages whose characters the bundled font lacks.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use fontdb::{Database, FaceInfo, Source, Style, Weight};

use super::{Language, catalogue};

/// Families that are made for Japanese, the best first.
const JAPANESE: [&str; 12] = [
    "Noto Sans CJK JP",
    "Noto Sans JP",
    "Source Han Sans JP",
    "Hiragino Sans",
    "Yu Gothic UI",
    "Meiryo UI",
    "IPAexGothic",
    "IPAGothic",
    "IPAPGothic",
    "TakaoGothic",
    "VL PGothic",
    "MS UI Gothic",
];
/// Families that are made for simplified Chinese, the best first.
const CHINESE: [&str; 9] = [
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Microsoft YaHei UI",
    "Microsoft YaHei",
    "PingFang SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
];

/// A font file of the system that has every character of some languages.
#[derive(Debug)]
pub struct SystemFont {
    /// The name of its family.
    pub name: String,
    /// Its file's content.
    pub data: &'static [u8],
    /// The index of the face in the file.
    pub index: u32,
    /// The language that it was chosen for.
    pub language: Language,
}

/// The fonts of the system for the languages that need one. The first call reads the system's fonts, which
/// takes a fraction of a second; a language without an entry cannot be shown.
pub fn system_fonts() -> &'static [SystemFont] {
    static FONTS: OnceLock<Vec<SystemFont>> = OnceLock::new();
    FONTS.get_or_init(|| {
        let mut database = Database::new();
        database.load_system_fonts();
        let languages = Language::ALL.into_iter().filter(|language| language.needs_system_font());
        let mut files = Files::default();
        languages.filter_map(|language| find(&database, language, &mut files)).collect()
    })
}

/// The best font that has every character of `language`: one that is made for it, otherwise any.
fn find(database: &Database, language: Language, files: &mut Files) -> Option<SystemFont> {
    let families: &[&str] = if language == Language::Japanese { &JAPANESE } else { &CHINESE };
    let is_upright = |face: &&FaceInfo| face.style == Style::Normal && face.weight <= Weight::SEMIBOLD;
    let rank = |face: &FaceInfo| {
        let family =
            face.families.iter().filter_map(|(name, _)| families.iter().position(|known| known == name));
        let distance = face.weight.0.abs_diff(Weight::NORMAL.0);
        (family.min().unwrap_or(families.len()), face.monospaced, distance)
    };
    let mut faces: Vec<&FaceInfo> = database.faces().filter(is_upright).collect();
    faces.sort_by_key(|face| rank(face));
    let needed = characters(language);
    let face = faces.into_iter().find(|face| covers(database, face, &needed))?;
    load(face, language, files)
}

/// The characters beyond ASCII in the texts of `language`.
fn characters(language: Language) -> BTreeSet<char> {
    let texts = catalogue::source(language).chars().chain(language.own_name().chars());
    texts.filter(|letter| !letter.is_ascii() && letter.is_alphabetic()).collect()
}

fn covers(database: &Database, face: &FaceInfo, needed: &BTreeSet<char>) -> bool {
    let covers = |data: &[u8], index: u32| {
        let face = ttf_parser::Face::parse(data, index);
        face.is_ok_and(|face| needed.iter().all(|letter| face.glyph_index(*letter).is_some()))
    };
    database.with_face_data(face.id, covers).unwrap_or(false)
}

fn load(face: &FaceInfo, language: Language, files: &mut Files) -> Option<SystemFont> {
    let (Source::File(path) | Source::SharedFile(path, _)) = &face.source else { return None };
    let data = files.read(path)?;
    let name = face.families.first().map(|(name, _)| name.clone()).unwrap_or_default();
    Some(SystemFont { name, data, index: face.index, language })
}

/// The font files read so far: two languages may share one.
#[derive(Default)]
struct Files(HashMap<PathBuf, &'static [u8]>);

impl Files {
    /// The content of a file, which stays in memory until the program ends because the window draws with it.
    fn read(&mut self, path: &Path) -> Option<&'static [u8]> {
        if let Some(data) = self.0.get(path) {
            return Some(data);
        }
        let data =
            std::fs::read(path).inspect_err(|error| tracing::warn!("{}: {error}", path.display())).ok()?;
        let data: &'static [u8] = Box::leak(data.into_boxed_slice());
        self.0.insert(path.to_owned(), data);
        Some(data)
    }
}
