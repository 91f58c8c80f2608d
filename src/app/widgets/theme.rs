//! Colors, font sizes and spacing of the window.

use eframe::egui::style::WidgetVisuals;
use eframe::egui::{
    Color32, Context, CornerRadius, FontFamily, FontId, Frame, Margin, Shadow, Stroke, Style, TextStyle,
    Theme, Ui, Visuals, vec2,
};

/// Half a step of space, between things that belong together, in points.
pub(crate) const XS: f32 = 4.0;
/// One step of space, between neighbours, in points.
pub(crate) const S: f32 = 8.0;
/// Space inside a card, in points.
pub(crate) const M: f32 = 12.0;
/// Space between cards, in points.
pub(crate) const L: f32 = 16.0;
/// Space between groups, in points.
pub(crate) const XL: f32 = 24.0;

/// Corner radius of controls, in points.
pub(crate) const CONTROL_RADIUS: u8 = 8;
/// Corner radius of cards and pictures, in points.
pub(crate) const CARD_RADIUS: u8 = 12;
/// Height of every control, in points.
pub(crate) const CONTROL_HEIGHT: f32 = 34.0;

/// The colors of one theme: one accent, two signal colors, and greys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Palette {
    /// Behind everything.
    pub background: Color32,
    /// Cards and bars.
    pub surface: Color32,
    /// Controls and empty tiles.
    pub raised: Color32,
    /// A control under the pointer.
    pub hover: Color32,
    /// Thin lines.
    pub border: Color32,
    /// Text.
    pub text: Color32,
    /// Less important text; its contrast is still at least 4.5 to 1 on every surface.
    pub muted: Color32,
    /// The one accent.
    pub accent: Color32,
    /// Text and icons on the accent.
    pub on_accent: Color32,
    /// The accent as a muted background.
    pub accent_soft: Color32,
    /// Something needs attention.
    pub warning: Color32,
    /// Something failed.
    pub error: Color32,
}

const DARK: Palette = Palette {
    background: Color32::from_rgb(14, 16, 19),
    surface: Color32::from_rgb(23, 26, 30),
    raised: Color32::from_rgb(36, 40, 46),
    hover: Color32::from_rgb(48, 53, 61),
    border: Color32::from_rgb(47, 52, 59),
    text: Color32::from_rgb(233, 236, 239),
    muted: Color32::from_rgb(158, 167, 177),
    accent: Color32::from_rgb(82, 211, 192),
    on_accent: Color32::from_rgb(6, 32, 28),
    accent_soft: Color32::from_rgb(25, 58, 55),
    warning: Color32::from_rgb(243, 186, 78),
    error: Color32::from_rgb(255, 133, 122),
};

const LIGHT: Palette = Palette {
    background: Color32::from_rgb(240, 242, 245),
    surface: Color32::from_rgb(255, 255, 255),
    raised: Color32::from_rgb(234, 237, 241),
    hover: Color32::from_rgb(221, 226, 232),
    border: Color32::from_rgb(215, 220, 226),
    text: Color32::from_rgb(24, 28, 33),
    muted: Color32::from_rgb(84, 93, 104),
    accent: Color32::from_rgb(8, 121, 110),
    on_accent: Color32::from_rgb(255, 255, 255),
    accent_soft: Color32::from_rgb(214, 238, 234),
    warning: Color32::from_rgb(143, 88, 0),
    error: Color32::from_rgb(176, 36, 28),
};

/// The colors of the current theme of `ui`.
pub(crate) fn palette(ui: &Ui) -> &'static Palette {
    palette_of(ui.visuals().dark_mode)
}

/// The colors of the dark or the light theme.
pub(crate) fn palette_of(dark: bool) -> &'static Palette {
    if dark { &DARK } else { &LIGHT }
}

/// A card: a rounded surface with inner space.
pub(crate) fn card(ui: &Ui) -> Frame {
    let palette = palette(ui);
    Frame::new()
        .fill(palette.surface)
        .stroke(Stroke::new(1.0, palette.border))
        .corner_radius(CARD_RADIUS)
        .inner_margin(Margin::same(M as i8))
}

/// The font of small text.
pub(crate) fn small() -> FontId {
    FontId::new(12.0, FontFamily::Proportional)
}

/// The font of ordinary text.
pub(crate) fn body() -> FontId {
    FontId::new(14.0, FontFamily::Proportional)
}

/// The font of titles.
pub(crate) fn title() -> FontId {
    FontId::new(18.0, FontFamily::Proportional)
}

/// Sets the styles of both themes. The theme preference of the context decides which is shown.
pub(crate) fn install(ctx: &Context) {
    ctx.set_style_of(Theme::Dark, style(&DARK, Visuals::dark()));
    ctx.set_style_of(Theme::Light, style(&LIGHT, Visuals::light()));
}

fn style(palette: &Palette, mut visuals: Visuals) -> Style {
    colour(palette, &mut visuals);
    let mut style = Style { visuals, ..Style::default() };
    style.text_styles = [
        (TextStyle::Small, small()),
        (TextStyle::Body, body()),
        (TextStyle::Button, body()),
        (TextStyle::Heading, title()),
        (TextStyle::Monospace, FontId::new(13.0, FontFamily::Monospace)),
    ]
    .into();
    style.spacing.item_spacing = vec2(S, S);
    style.spacing.button_padding = vec2(M, XS);
    style.spacing.interact_size = vec2(CONTROL_HEIGHT, CONTROL_HEIGHT);
    style.spacing.menu_margin = Margin::same(6);
    style.spacing.slider_rail_height = 6.0;
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.4;
    style.animation_time = 0.12;
    style
}

fn colour(palette: &Palette, visuals: &mut Visuals) {
    visuals.override_text_color = None;
    visuals.weak_text_color = Some(palette.muted);
    visuals.panel_fill = palette.background;
    visuals.window_fill = palette.surface;
    visuals.window_stroke = Stroke::new(1.0, palette.border);
    visuals.window_corner_radius = CornerRadius::same(CARD_RADIUS);
    visuals.menu_corner_radius = CornerRadius::same(CONTROL_RADIUS);
    visuals.extreme_bg_color = palette.raised;
    visuals.faint_bg_color = palette.raised;
    visuals.hyperlink_color = palette.accent;
    visuals.warn_fg_color = palette.warning;
    visuals.error_fg_color = palette.error;
    visuals.selection.bg_fill = palette.accent;
    visuals.selection.stroke = Stroke::new(1.0, palette.on_accent);
    visuals.slider_trailing_fill = true;
    visuals.handle_shape = eframe::egui::style::HandleShape::Circle;
    let shadow = Shadow { offset: [0, 6], blur: 24, spread: 0, color: Color32::from_black_alpha(70) };
    visuals.window_shadow = shadow;
    visuals.popup_shadow = Shadow { blur: 16, offset: [0, 4], ..shadow };
    let widget = |fill: Color32, border: Color32, text: Color32| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(1.0, border),
        corner_radius: CornerRadius::same(CONTROL_RADIUS),
        fg_stroke: Stroke::new(1.5, text),
        expansion: 0.0,
    };
    visuals.widgets.noninteractive = widget(palette.surface, palette.border, palette.text);
    visuals.widgets.inactive = widget(palette.raised, palette.raised, palette.text);
    visuals.widgets.hovered = widget(palette.hover, palette.hover, palette.text);
    visuals.widgets.active = widget(palette.hover, palette.accent, palette.text);
    visuals.widgets.open = widget(palette.hover, palette.hover, palette.text);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Contrast as WCAG 2.1 defines it (relative luminance, section 1.4.3).
    fn contrast(one: Color32, other: Color32) -> f32 {
        let luminance = |color: Color32| {
            let linear = |value: u8| {
                let value = f32::from(value) / 255.0;
                if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * linear(color.r()) + 0.7152 * linear(color.g()) + 0.0722 * linear(color.b())
        };
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn text_can_be_read_on_every_surface() {
        for palette in [DARK, LIGHT] {
            for ground in [palette.background, palette.surface, palette.raised] {
                for text in [palette.text, palette.muted, palette.warning, palette.error] {
                    assert!(
                        contrast(text, ground) >= 4.5,
                        "{text:?} on {ground:?}: {}",
                        contrast(text, ground)
                    );
                }
            }
            assert!(contrast(palette.on_accent, palette.accent) >= 4.5);
            assert!(contrast(palette.text, palette.accent_soft) >= 4.5);
        }
    }
}
