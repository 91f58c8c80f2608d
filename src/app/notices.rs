//! Short messages in the corner: what was saved and where, what failed and why.

use std::path::PathBuf;

use eframe::egui::{
    Align, Align2, Area, Frame, Id, Label, Layout, Margin, Order, Rect, Role, Stroke, Ui, UiBuilder,
    WidgetInfo, vec2,
};

use super::commands::UiCommand;
use super::icons::Icon;
use super::scene::Scene;
use super::theme::{self, CARD_RADIUS, M, S};
use super::widgets::{ActionButton, Loudness};

/// Seconds for which good news stays.
const GOOD_NEWS_SHOWN: f64 = 8.0;
/// Seconds for which bad news stays.
const BAD_NEWS_SHOWN: f64 = 20.0;
/// More than this many are not shown at once.
const MOST_SHOWN: usize = 4;
const WIDTH: f32 = 380.0;

/// Whether a message is good news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// It worked.
    Good,
    /// It did not.
    Bad,
}

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// Tells it from all others.
    pub id: u64,
    /// Whether it is good news.
    pub tone: Tone,
    /// The message, a plain sentence.
    pub text: String,
    /// A folder that it offers to open.
    pub folder: Option<PathBuf>,
    /// When it goes, in seconds of the window's clock.
    pub until: f64,
}

/// The messages on show.
#[derive(Clone, Debug, Default)]
pub struct Notices {
    list: Vec<Notice>,
    next_id: u64,
}

impl Notices {
    /// Shows a message from `now` on (seconds of the window's clock). The same one is not shown twice.
    pub fn add(&mut self, now: f64, tone: Tone, text: impl Into<String>, folder: Option<PathBuf>) {
        let text = text.into();
        let until = now + if tone == Tone::Good { GOOD_NEWS_SHOWN } else { BAD_NEWS_SHOWN };
        if let Some(same) = self.list.iter_mut().find(|notice| notice.text == text) {
            same.until = until;
            return;
        }
        self.list.push(Notice { id: self.next_id, tone, text, folder, until });
        self.next_id += 1;
        if self.list.len() > MOST_SHOWN {
            self.list.remove(0);
        }
    }

    /// Takes one away.
    pub fn dismiss(&mut self, id: u64) {
        self.list.retain(|notice| notice.id != id);
    }

    /// Takes those away whose time is over; returns the seconds until the next one goes.
    pub fn expire(&mut self, now: f64) -> Option<f64> {
        self.list.retain(|notice| notice.until > now);
        self.list.iter().map(|notice| notice.until - now).reduce(f64::min)
    }

    /// Those on show, the oldest first.
    pub fn list(&self) -> &[Notice] {
        &self.list
    }
}

/// Draws the messages in the lower right corner of `area`.
pub fn show(ui: &mut Ui, scene: &mut Scene<'_>, area: Rect) {
    if scene.state.notices.list().is_empty() && scene.state.installing.is_none() {
        return;
    }
    let corner = area.right_bottom() - vec2(theme::L, theme::L);
    let notices = Area::new(Id::unique("notices")).order(Order::Foreground).pivot(Align2::RIGHT_BOTTOM);
    notices.fixed_pos(corner).show(ui.ctx(), |ui| {
        ui.set_width(WIDTH);
        ui.spacing_mut().item_spacing.y = S;
        for notice in scene.state.notices.list() {
            show_one(ui, notice, scene.commands);
        }
        if let Some((name, share)) = &scene.state.installing {
            show_installing(ui, name, *share, scene.commands);
        }
    });
}

/// How far a weight file has been taken in.
fn show_installing(ui: &mut Ui, name: &str, share: f32, commands: &mut Vec<UiCommand>) {
    let palette = theme::palette(ui);
    let frame = Frame::popup(ui.style()).inner_margin(Margin::same(M as i8)).corner_radius(CARD_RADIUS);
    frame.show(ui, |ui| {
        ui.set_width(WIDTH - 2.0 * M);
        let text = match name {
            "" => "Looking at the weights…".to_owned(),
            _ => format!("Taking in {name}: {:.0} %", share * 100.0),
        };
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if ui.add(ActionButton::text("Cancel").label("Stop taking weights in")).clicked() {
                    commands.push(UiCommand::StopInstalling);
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add(Label::new(&text).truncate());
                });
            });
        });
        let (bar, _) = ui.allocate_exact_size(vec2(ui.available_width(), 4.0), eframe::egui::Sense::hover());
        ui.painter().rect_filled(bar, 2, palette.raised);
        let done = bar.with_max_x(bar.left() + bar.width() * share.clamp(0.0, 1.0));
        ui.painter().rect_filled(done, 2, palette.accent);
    });
}

fn show_one(ui: &mut Ui, notice: &Notice, commands: &mut Vec<UiCommand>) {
    let palette = theme::palette(ui);
    let (icon, color) = match notice.tone {
        Tone::Good => (Icon::Check, palette.accent),
        Tone::Bad => (Icon::Warning, palette.error),
    };
    let frame = Frame::popup(ui.style()).inner_margin(Margin::same(M as i8)).corner_radius(CARD_RADIUS);
    frame.stroke(Stroke::new(1.0, color.gamma_multiply(0.6))).show(ui, |ui| {
        ui.set_width(WIDTH - 2.0 * M);
        ui.horizontal_top(|ui| {
            let (rect, _) = ui.allocate_exact_size(vec2(20.0, 20.0), eframe::egui::Sense::hover());
            icon.paint(ui.painter(), rect.shrink(2.0), color);
            let text_width = ui.available_width() - theme::CONTROL_HEIGHT - S;
            ui.scope_builder(UiBuilder::new(), |ui| {
                ui.vertical(|ui| {
                    ui.set_width(text_width);
                    let label = ui.label(&notice.text);
                    label.widget_info(|| WidgetInfo::labeled(Role::Label, true, &notice.text));
                    if let Some(folder) = &notice.folder
                        && ui.add(ActionButton::text("Open folder").with_icon(Icon::Folder)).clicked()
                    {
                        commands.push(UiCommand::ShowFolder(folder.clone()));
                    }
                });
            });
            let close = ActionButton::icon(Icon::Close, "Dismiss").loudness(Loudness::Quiet);
            if ui.add(close).clicked() {
                commands.push(UiCommand::Dismiss(notice.id));
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_news_goes_sooner_than_bad_news() {
        let mut notices = Notices::default();
        notices.add(0.0, Tone::Good, "saved", None);
        notices.add(0.0, Tone::Bad, "failed", None);
        assert_eq!(notices.expire(1.0), Some(GOOD_NEWS_SHOWN - 1.0));
        assert_eq!(notices.expire(10.0), Some(BAD_NEWS_SHOWN - 10.0));
        assert_eq!(notices.list().len(), 1);
        assert_eq!(notices.list()[0].text, "failed");
        assert_eq!(notices.expire(30.0), None);
    }

    #[test]
    fn a_message_that_comes_again_is_shown_once() {
        let mut notices = Notices::default();
        notices.add(0.0, Tone::Bad, "failed", None);
        notices.add(5.0, Tone::Bad, "failed", None);
        assert_eq!(notices.list().len(), 1);
        assert_eq!(notices.list()[0].until, 5.0 + BAD_NEWS_SHOWN);
    }

    #[test]
    fn old_messages_make_room() {
        let mut notices = Notices::default();
        for number in 0..10 {
            notices.add(0.0, Tone::Bad, format!("{number}"), None);
        }
        assert_eq!(notices.list().len(), MOST_SHOWN);
        assert_eq!(notices.list()[0].text, "6");
    }
}
