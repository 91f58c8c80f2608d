//! The language of a window, and the fonts that it needs.

use std::sync::Arc;

use eframe::egui::{Context, FontData, FontDefinitions, FontFamily};

use crate::text::{Language, SystemFont, set_language};

/// The fonts of a window. The bundled font serves most languages; for the others, fonts of the system are
/// requested when such a language is chosen and added when they are found.
#[derive(Default)]
pub struct WindowFonts {
    requested: bool,
    found: Option<&'static [SystemFont]>,
    /// The language whose font comes first.
    installed: Option<Language>,
    /// Whether the installed fonts can draw in this frame.
    in_effect: bool,
}

impl WindowFonts {
    /// Whether the system's fonts must be looked for now. Returns true once.
    pub(crate) fn request(&mut self) -> bool {
        !std::mem::replace(&mut self.requested, true)
    }

    /// Takes the fonts of the system.
    pub(crate) fn receive(&mut self, fonts: &'static [SystemFont]) {
        self.requested = true;
        self.found = Some(fonts);
    }

    /// Whether a font can draw `language` in this frame.
    pub(crate) fn draws(&self, language: Language) -> bool {
        !language.needs_system_font() || (self.in_effect && self.has_font(language))
    }

    /// Whether a font of the system for `language` was found.
    fn has_font(&self, language: Language) -> bool {
        self.found.is_some_and(|fonts| fonts.iter().any(|font| font.language == language))
    }

    /// Whether it is known that no font can draw `language`.
    pub(crate) fn lacks(&self, language: Language) -> bool {
        language.needs_system_font() && self.found.is_some() && !self.has_font(language)
    }

    /// Starts a frame in `wanted`, or in English until a font for it is installed. Returns the language.
    pub(crate) fn begin_frame(&mut self, ctx: &Context, wanted: Language) -> Language {
        self.in_effect = self.installed.is_some();
        let is_ready = !wanted.needs_system_font() || self.installed == Some(wanted);
        let language = if is_ready { wanted } else { Language::English };
        set_language(language);
        let first = if self.lacks(wanted) { Language::English } else { wanted };
        if let Some(fonts) = self.found.filter(|fonts| !fonts.is_empty())
            && self.installed != Some(first)
        {
            // They take effect in the next frame.
            ctx.set_fonts(definitions(fonts, first));
            ctx.request_repaint();
            self.installed = Some(first);
        }
        language
    }
}

/// The bundled fonts, followed by those of the system. Japanese and Chinese share characters that look
/// different, so the font of `language` comes first.
fn definitions(fonts: &'static [SystemFont], language: Language) -> FontDefinitions {
    let mut definitions = FontDefinitions::default();
    let mut ordered: Vec<&SystemFont> = fonts.iter().collect();
    ordered.sort_by_key(|font| font.language != language);
    for font in ordered {
        let name = format!("{} {}", font.name, font.language.tag());
        let data = FontData { index: font.index, ..FontData::from_static(font.data) };
        definitions.font_data.insert(name.clone(), Arc::new(data));
        for family in [FontFamily::Proportional, FontFamily::Monospace] {
            definitions.families.entry(family).or_default().push(name.clone());
        }
    }
    definitions
}
