//! The icons, drawn as thin lines so that they match the text at any size and in any color.

use eframe::egui::{Color32, Painter, Pos2, Rect, Stroke, StrokeKind, epaint, pos2, vec2};

/// An icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Icon {
    /// A camera.
    Camera,
    /// A picture file.
    Picture,
    /// A clipboard.
    Paste,
    /// Two sheets.
    Copy,
    /// An arrow into a tray.
    Save,
    /// A folder.
    Folder,
    /// A triangle.
    Play,
    /// Two bars.
    Pause,
    /// A disc.
    Record,
    /// An arrow in a circle.
    Rotate,
    /// Two arrows that follow each other.
    Loop,
    /// A snowflake.
    Freeze,
    /// Sliders.
    Settings,
    /// A keyboard.
    Keyboard,
    /// A rising line.
    Chart,
    /// An eye.
    Eye,
    /// The sun.
    Sun,
    /// The moon.
    Moon,
    /// Half light, half dark.
    Auto,
    /// A chevron to the left.
    Close,
    /// A chevron to the right.
    Left,
    /// Towards the right.
    Right,
    /// Four tiles.
    Grid,
    /// A picture, split in two.
    Split,
    /// Several people.
    People,
    /// A frame around a head.
    Frame,
    /// A tick.
    Check,
    /// An exclamation mark.
    Warning,
}

/// A brush that maps the unit square onto a rectangle.
struct Pen<'a> {
    painter: &'a Painter,
    rect: Rect,
    stroke: Stroke,
}

impl Pen<'_> {
    fn at(&self, x: f32, y: f32) -> Pos2 {
        self.rect.min + vec2(x, y) * self.rect.size()
    }

    fn line(&self, points: &[(f32, f32)]) {
        let points = points.iter().map(|&(x, y)| self.at(x, y)).collect();
        self.painter.line(points, self.stroke);
    }

    fn closed(&self, points: &[(f32, f32)]) {
        let points = points.iter().map(|&(x, y)| self.at(x, y)).collect();
        self.painter.add(epaint::PathShape::closed_line(points, self.stroke));
    }

    fn filled(&self, points: &[(f32, f32)]) {
        let points = points.iter().map(|&(x, y)| self.at(x, y)).collect();
        self.painter.add(epaint::PathShape::convex_polygon(points, self.stroke.color, Stroke::NONE));
    }

    fn frame(&self, x: f32, y: f32, width: f32, height: f32, radius: f32) {
        let rect = Rect::from_min_max(self.at(x, y), self.at(x + width, y + height));
        self.painter.rect_stroke(rect, radius * self.rect.width(), self.stroke, StrokeKind::Middle);
    }

    fn circle(&self, x: f32, y: f32, radius: f32) {
        self.painter.circle_stroke(self.at(x, y), radius * self.rect.width(), self.stroke);
    }

    fn dot(&self, x: f32, y: f32, radius: f32) {
        self.painter.circle_filled(self.at(x, y), radius * self.rect.width(), self.stroke.color);
    }

    /// A polyline along a circle. Angles are in degrees, clockwise from the right.
    fn arc(&self, (x, y): (f32, f32), radius: f32, from: f32, to: f32) {
        let point = |step: u8| {
            let angle = (from + (to - from) * f32::from(step) / 16.0).to_radians();
            (x + radius * angle.cos(), y + radius * angle.sin())
        };
        self.line(&(0..=16).map(point).collect::<Vec<_>>());
    }
}

impl Icon {
    /// Draws the icon into `rect`, which should be square.
    pub(crate) fn paint(self, painter: &Painter, rect: Rect, color: Color32) {
        let pen = Pen { painter, rect, stroke: Stroke::new((rect.width() / 11.0).max(1.0), color) };
        match self {
            Self::Camera
            | Self::Picture
            | Self::Paste
            | Self::Copy
            | Self::Save
            | Self::Folder
            | Self::Frame => pen.things(self),
            Self::Play
            | Self::Pause
            | Self::Record
            | Self::Rotate
            | Self::Loop
            | Self::Freeze
            | Self::Close
            | Self::Left
            | Self::Right => pen.controls(self),
            Self::Sun | Self::Moon | Self::Auto | Self::Check | Self::Warning => pen.signs(self),
            Self::Settings
            | Self::Keyboard
            | Self::Chart
            | Self::Eye
            | Self::Grid
            | Self::Split
            | Self::People => pen.views(self),
        }
    }
}

impl Pen<'_> {
    fn things(&self, icon: Icon) {
        match icon {
            Icon::Camera => {
                self.frame(0.04, 0.22, 0.62, 0.56, 0.12);
                self.closed(&[(0.66, 0.5), (0.96, 0.28), (0.96, 0.72)]);
            }
            Icon::Picture => {
                self.frame(0.06, 0.12, 0.88, 0.76, 0.12);
                self.dot(0.32, 0.36, 0.08);
                self.line(&[(0.1, 0.78), (0.4, 0.54), (0.56, 0.68), (0.72, 0.5), (0.92, 0.72)]);
            }
            Icon::Paste => {
                self.frame(0.16, 0.14, 0.68, 0.8, 0.1);
                self.line(&[(0.36, 0.08), (0.64, 0.08), (0.64, 0.24), (0.36, 0.24), (0.36, 0.08)]);
                self.line(&[(0.34, 0.5), (0.66, 0.5)]);
                self.line(&[(0.34, 0.7), (0.56, 0.7)]);
            }
            Icon::Copy => {
                self.frame(0.32, 0.32, 0.6, 0.6, 0.1);
                self.line(&[(0.2, 0.68), (0.08, 0.68), (0.08, 0.08), (0.68, 0.08), (0.68, 0.2)]);
            }
            Icon::Save => {
                self.line(&[(0.5, 0.06), (0.5, 0.62)]);
                self.line(&[(0.28, 0.42), (0.5, 0.64), (0.72, 0.42)]);
                self.line(&[(0.08, 0.66), (0.08, 0.92), (0.92, 0.92), (0.92, 0.66)]);
            }
            Icon::Folder => self.closed(&[
                (0.06, 0.84),
                (0.06, 0.16),
                (0.38, 0.16),
                (0.48, 0.3),
                (0.94, 0.3),
                (0.94, 0.84),
            ]),
            _ => {
                for (x, y) in [(0.06, 0.06), (0.94, 0.06), (0.94, 0.94), (0.06, 0.94)] {
                    let (inner_x, inner_y) = (x + (0.5 - x) * 0.55, y + (0.5 - y) * 0.55);
                    self.line(&[(inner_x, y), (x, y), (x, inner_y)]);
                }
                self.circle(0.5, 0.5, 0.2);
            }
        }
    }

    fn controls(&self, icon: Icon) {
        match icon {
            Icon::Play => self.filled(&[(0.26, 0.12), (0.88, 0.5), (0.26, 0.88)]),
            Icon::Pause => {
                self.filled(&[(0.22, 0.14), (0.4, 0.14), (0.4, 0.86), (0.22, 0.86)]);
                self.filled(&[(0.6, 0.14), (0.78, 0.14), (0.78, 0.86), (0.6, 0.86)]);
            }
            Icon::Record => {
                self.circle(0.5, 0.5, 0.42);
                self.dot(0.5, 0.5, 0.24);
            }
            Icon::Rotate => {
                self.arc((0.5, 0.54), 0.38, -20.0, 270.0);
                self.line(&[(0.44, 0.0), (0.62, 0.16), (0.44, 0.32)]);
            }
            Icon::Loop => {
                self.line(&[(0.08, 0.5), (0.08, 0.26), (0.9, 0.26)]);
                self.line(&[(0.74, 0.1), (0.92, 0.26), (0.74, 0.42)]);
                self.line(&[(0.92, 0.5), (0.92, 0.74), (0.1, 0.74)]);
                self.line(&[(0.26, 0.58), (0.08, 0.74), (0.26, 0.9)]);
            }
            Icon::Freeze => {
                for angle in [90.0_f32, 30.0, 150.0] {
                    let (x, y) = (0.46 * angle.to_radians().cos(), 0.46 * angle.to_radians().sin());
                    self.line(&[(0.5 - x, 0.5 - y), (0.5 + x, 0.5 + y)]);
                    for end in [-1.0, 1.0] {
                        let (cx, cy) = (0.5 + end * x * 0.62, 0.5 + end * y * 0.62);
                        let turned = |turn: f32| {
                            let angle = angle.to_radians() + turn;
                            (cx + end * 0.17 * angle.cos(), cy + end * 0.17 * angle.sin())
                        };
                        self.line(&[turned(0.9), (cx, cy), turned(-0.9)]);
                    }
                }
            }
            Icon::Close => {
                self.line(&[(0.2, 0.2), (0.8, 0.8)]);
                self.line(&[(0.8, 0.2), (0.2, 0.8)]);
            }
            Icon::Left => self.line(&[(0.62, 0.16), (0.3, 0.5), (0.62, 0.84)]),
            _ => self.line(&[(0.38, 0.16), (0.7, 0.5), (0.38, 0.84)]),
        }
    }

    fn signs(&self, icon: Icon) {
        match icon {
            Icon::Sun => {
                self.circle(0.5, 0.5, 0.2);
                for step in 0..8_u8 {
                    let angle = f32::from(step) * std::f32::consts::FRAC_PI_4;
                    let (x, y) = (angle.cos(), angle.sin());
                    self.line(&[(0.5 + 0.34 * x, 0.5 + 0.34 * y), (0.5 + 0.48 * x, 0.5 + 0.48 * y)]);
                }
            }
            Icon::Moon => {
                self.arc((0.48, 0.52), 0.42, -70.0, -380.0);
                self.arc((0.74, 0.24), 0.42, 66.0, 184.0);
            }
            Icon::Auto => {
                self.circle(0.5, 0.5, 0.42);
                let half: Vec<_> = (0..=16_u8)
                    .map(|step| {
                        let angle = (90.0 + 180.0 * f32::from(step) / 16.0_f32).to_radians();
                        (0.5 + 0.42 * angle.cos(), 0.5 + 0.42 * angle.sin())
                    })
                    .collect();
                self.filled(&half);
            }
            Icon::Check => self.line(&[(0.14, 0.54), (0.4, 0.8), (0.88, 0.24)]),
            _ => {
                self.closed(&[(0.5, 0.08), (0.96, 0.9), (0.04, 0.9)]);
                self.line(&[(0.5, 0.38), (0.5, 0.62)]);
                self.dot(0.5, 0.76, 0.055);
            }
        }
    }

    fn views(&self, icon: Icon) {
        match icon {
            Icon::Settings => {
                for (y, knob) in [(0.2, 0.68), (0.5, 0.3), (0.8, 0.58)] {
                    self.line(&[(0.06, y), (knob - 0.11, y)]);
                    self.circle(knob, y, 0.11);
                    self.line(&[(knob + 0.11, y), (0.94, y)]);
                }
            }
            Icon::Keyboard => {
                self.frame(0.02, 0.2, 0.96, 0.6, 0.1);
                for x in [0.2, 0.4, 0.6, 0.8] {
                    self.dot(x, 0.4, 0.05);
                }
                self.line(&[(0.28, 0.62), (0.72, 0.62)]);
            }
            Icon::Chart => {
                self.line(&[(0.08, 0.08), (0.08, 0.92), (0.94, 0.92)]);
                self.line(&[(0.24, 0.7), (0.44, 0.44), (0.62, 0.58), (0.9, 0.2)]);
            }
            Icon::Eye => {
                self.arc((0.5, 0.78), 0.54, 214.0, 326.0);
                self.arc((0.5, 0.22), 0.54, 34.0, 146.0);
                self.circle(0.5, 0.5, 0.15);
            }
            Icon::Grid => {
                for (x, y) in [(0.08, 0.08), (0.56, 0.08), (0.08, 0.56), (0.56, 0.56)] {
                    self.frame(x, y, 0.36, 0.36, 0.06);
                }
            }
            Icon::Split => {
                self.frame(0.06, 0.1, 0.88, 0.8, 0.1);
                self.line(&[(0.5, 0.1), (0.5, 0.9)]);
                self.filled(&[(0.4, 0.4), (0.4, 0.6), (0.24, 0.5)]);
                self.filled(&[(0.6, 0.4), (0.6, 0.6), (0.76, 0.5)]);
            }
            _ => {
                self.circle(0.36, 0.32, 0.17);
                self.arc((0.36, 0.92), 0.32, 180.0, 360.0);
                self.arc((0.66, 0.32), 0.17, -100.0, 100.0);
                self.arc((0.66, 0.92), 0.32, -72.0, 0.0);
            }
        }
    }
}

/// A square with this `side` in the middle of `rect`, aligned to whole pixels.
pub(crate) fn centred(rect: Rect, side: f32) -> Rect {
    let min = rect.center() - vec2(side, side) / 2.0;
    Rect::from_min_size(pos2(min.x.round(), min.y.round()), vec2(side, side))
}
