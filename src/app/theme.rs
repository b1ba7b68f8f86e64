//! What everything looks like: colours, type, distances. The only place where a colour is written down.

use std::sync::Arc;

use eframe::egui::{
    Color32, Context, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, Shadow, Stroke, Style,
    TextStyle, Theme, Ui, Visuals, vec2,
};

use crate::model::{Colour, EntityKind, PALETTE};

/// The colours of one theme, by what they are for.
#[derive(Clone, Debug, PartialEq)]
pub struct Tokens {
    /// The page, fields, cards.
    pub paper: Color32,
    /// Side panels and bars.
    pub panel: Color32,
    /// Hairlines and borders.
    pub rule: Color32,
    pub ink: Color32,
    /// Secondary text.
    pub soft: Color32,
    /// Counts and placeholders; never the only carrier of meaning.
    pub faint: Color32,
    pub accent: Color32,
    pub on_accent: Color32,
    pub selection: Color32,
    pub person: Color32,
    pub organisation: Color32,
    pub place: Color32,
    /// The ground of every other kind of entity.
    pub other: Color32,
    pub warning: Color32,
    /// Chosen by hill climbing, so that they lie as far apart as they can for every kind of cones.
    pub codes: [Color32; PALETTE as usize],
    pub shadow: Color32,
}

const fn hex(rgb: u32) -> Color32 {
    Color32::from_rgb((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8)
}

const LIGHT: Tokens = Tokens {
    paper: hex(0xFC_FA_F6),
    panel: hex(0xF4_F1_EA),
    rule: hex(0xE2_DD_D2),
    ink: hex(0x24_21_1C),
    soft: hex(0x6E_67_5B),
    faint: hex(0x9A_92_84),
    accent: hex(0x2B_5C_8A),
    on_accent: hex(0xFF_FF_FF),
    selection: hex(0xDC_E8_F4),
    person: hex(0xE4_EC_F6),
    organisation: hex(0xEC_E6_F4),
    place: hex(0xE3_F0_E7),
    other: hex(0xF1_EA_DC),
    warning: hex(0xA6_3A_1E),
    codes: [
        hex(0xE4_6D_00),
        hex(0x00_43_2E),
        hex(0x30_96_C6),
        hex(0x70_05_62),
        hex(0xA9_78_4A),
        hex(0x90_5C_E7),
        hex(0x61_99_90),
        hex(0xCC_29_25),
        hex(0x45_58_00),
        hex(0x73_4B_61),
    ],
    shadow: Color32::from_black_alpha(28),
};

const DARK: Tokens = Tokens {
    paper: hex(0x1B_1A_18),
    panel: hex(0x23_21_20),
    rule: hex(0x37_34_2F),
    ink: hex(0xE6_E1_D6),
    soft: hex(0xA5_9D_8E),
    faint: hex(0x7A_73_67),
    accent: hex(0x7F_B2_E0),
    on_accent: hex(0x14_20_2B),
    selection: hex(0x24_38_4B),
    person: hex(0x26_32_3F),
    organisation: hex(0x31_2A_3C),
    place: hex(0x25_36_2C),
    other: hex(0x38_31_24),
    warning: hex(0xF2_8F_6B),
    codes: [
        hex(0xE2_4B_33),
        hex(0x77_E7_9B),
        hex(0x29_84_A5),
        hex(0xFA_C6_F7),
        hex(0xF9_A3_18),
        hex(0x9F_7B_F2),
        hex(0x03_BA_B9),
        hex(0xC2_5F_75),
        hex(0xB5_A3_62),
        hex(0xC0_DA_C6),
    ],
    shadow: Color32::from_black_alpha(110),
};

const CONTRAST: Tokens = Tokens {
    paper: hex(0xFF_FF_FF),
    panel: hex(0xFF_FF_FF),
    rule: hex(0x55_55_55),
    ink: hex(0x00_00_00),
    soft: hex(0x24_24_24),
    faint: hex(0x4A_4A_4A),
    accent: hex(0x00_3C_82),
    on_accent: hex(0xFF_FF_FF),
    selection: hex(0xFF_E9_A0),
    person: hex(0xD6_E6_FF),
    organisation: hex(0xE9_DC_FF),
    place: hex(0xD2_F2_DC),
    other: hex(0xF6_E6_C4),
    warning: hex(0x8A_1C_00),
    codes: [
        hex(0x76_03_00),
        hex(0x08_4F_4F),
        hex(0x2B_1B_53),
        hex(0xC0_01_6A),
        hex(0x8D_55_01),
        hex(0x64_04_8F),
        hex(0x02_69_93),
        hex(0x5C_11_1A),
        hex(0x70_61_2E),
        hex(0x45_59_3C),
    ],
    shadow: Color32::from_black_alpha(60),
};

impl Tokens {
    /// What a code's colour looks like in this theme.
    pub fn code(&self, colour: Colour) -> Color32 {
        match colour {
            Colour::Palette(n) => self.codes[usize::from(n) % self.codes.len()],
            Colour::Custom([r, g, b]) => Color32::from_rgb(r, g, b),
        }
    }

    /// The ground behind a name.
    pub fn entity(&self, kind: EntityKind) -> Color32 {
        match kind {
            EntityKind::Person => self.person,
            EntityKind::Org => self.organisation,
            EntityKind::Place => self.place,
            _ => self.other,
        }
    }
}

/// The tokens of the theme that is in force.
pub fn tokens(ui: &Ui) -> &'static Tokens {
    match tokens_of(ui.visuals().dark_mode) {
        _ if ui.visuals().panel_fill == CONTRAST.panel => &CONTRAST,
        tokens => tokens,
    }
}

/// Gives light windows the theme of high contrast, or takes it from them.
pub fn dress_light(ctx: &Context, contrast: bool) {
    let tokens = if contrast { &CONTRAST } else { &LIGHT };
    ctx.style_mut_of(Theme::Light, |style| dress(style, tokens, false));
}

/// The tokens of the dark theme or of the light one.
pub fn tokens_of(dark: bool) -> &'static Tokens {
    if dark { &DARK } else { &LIGHT }
}

/// The faces; egui knows a weight only as a family of its own.
fn family(name: &str) -> FontFamily {
    FontFamily::Name(name.into())
}

/// The reading face.
pub fn serif(size: f32) -> FontId {
    FontId::new(size, family("serif"))
}

pub fn serif_italic(size: f32) -> FontId {
    FontId::new(size, family("serif-italic"))
}

pub fn serif_semibold(size: f32) -> FontId {
    FontId::new(size, family("serif-semibold"))
}

/// The interface's face.
pub fn sans(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

pub fn sans_medium(size: f32) -> FontId {
    FontId::new(size, family("medium"))
}

pub fn sans_semibold(size: f32) -> FontId {
    FontId::new(size, family("semibold"))
}

/// The face of the icons: Lucide's, by code point.
pub fn icon(size: f32) -> FontId {
    FontId::new(size, family("icons"))
}

/// Sizes of the interface's type, in points.
pub mod size {
    pub const BODY: f32 = 13.0;
    pub const SMALL: f32 = 11.5;
    pub const HEADING: f32 = 11.0;
}

/// Gives a context our faces and both our themes.
pub fn install(ctx: &Context) {
    ctx.set_fonts(fonts());
    for (theme, tokens) in [(Theme::Light, &LIGHT), (Theme::Dark, &DARK)] {
        ctx.style_mut_of(theme, |style| dress(style, tokens, theme == Theme::Dark));
    }
}

fn fonts() -> FontDefinitions {
    let faces: [(&str, &'static [u8]); 6] = [
        ("serif", include_bytes!("../../assets/fonts/SourceSerif4-Regular.ttf")),
        ("serif-italic", include_bytes!("../../assets/fonts/SourceSerif4-It.ttf")),
        ("serif-semibold", include_bytes!("../../assets/fonts/SourceSerif4-Semibold.ttf")),
        ("sans", include_bytes!("../../assets/fonts/Inter-Regular.otf")),
        ("medium", include_bytes!("../../assets/fonts/Inter-Medium.otf")),
        ("semibold", include_bytes!("../../assets/fonts/Inter-SemiBold.otf")),
    ];
    let mut fonts = FontDefinitions::empty();
    let icons = FontData::from_static(lucide_icons::LUCIDE_FONT_BYTES);
    fonts.font_data.insert("icons".to_owned(), Arc::new(icons));
    fonts.families.insert(family("icons"), vec!["icons".to_owned()]);
    for (name, bytes) in faces {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
        // Inter has arrows and shapes that the serif lacks.
        fonts.families.insert(family(name), vec![name.to_owned(), "sans".to_owned()]);
    }
    for standard in [FontFamily::Proportional, FontFamily::Monospace] {
        fonts.families.insert(standard, vec!["sans".to_owned(), "serif".to_owned()]);
    }
    fonts
}

fn dress(style: &mut Style, t: &Tokens, dark: bool) {
    style.text_styles = [
        (TextStyle::Body, sans(size::BODY)),
        (TextStyle::Button, sans(size::BODY)),
        (TextStyle::Small, sans(size::SMALL)),
        (TextStyle::Heading, sans_semibold(16.0)),
        (TextStyle::Monospace, sans(size::BODY)),
    ]
    .into();
    let spacing = &mut style.spacing;
    spacing.item_spacing = vec2(8.0, 6.0);
    spacing.button_padding = vec2(10.0, 5.0);
    spacing.menu_margin = Margin::same(6);
    spacing.window_margin = Margin::same(20);
    spacing.interact_size.y = 26.0;
    spacing.combo_width = 60.0;

    let mut v = if dark { Visuals::dark() } else { Visuals::light() };
    v.override_text_color = None;
    v.weak_text_color = Some(t.soft);
    v.hyperlink_color = t.accent;
    v.faint_bg_color = t.panel;
    v.extreme_bg_color = t.paper;
    v.text_edit_bg_color = Some(t.paper);
    v.code_bg_color = t.panel;
    v.warn_fg_color = t.warning;
    v.error_fg_color = t.warning;
    v.window_fill = t.paper;
    v.panel_fill = t.panel;
    v.window_stroke = Stroke::new(1.0, t.rule);
    v.window_corner_radius = CornerRadius::same(10);
    v.menu_corner_radius = CornerRadius::same(8);
    v.window_shadow = Shadow { offset: [0, 8], blur: 24, spread: 0, color: t.shadow };
    v.popup_shadow = Shadow { offset: [0, 4], blur: 12, spread: 0, color: t.shadow };
    v.selection.bg_fill = t.selection;
    v.selection.stroke = Stroke::new(1.0, t.ink);
    v.button_frame = true;
    let radius = CornerRadius::same(6);
    let plain = |fill, line, ink| eframe::egui::style::WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(1.0, line),
        corner_radius: radius,
        fg_stroke: Stroke::new(1.0, ink),
        expansion: 0.0,
    };
    v.widgets.noninteractive = plain(t.panel, t.rule, t.ink);
    v.widgets.inactive = plain(t.paper, t.rule, t.ink);
    v.widgets.hovered = plain(t.paper, t.faint, t.ink);
    v.widgets.active = plain(t.selection, t.accent, t.ink);
    v.widgets.open = plain(t.selection, t.rule, t.ink);
    style.visuals = v;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance, WCAG 2.2.
    fn luminance(c: Color32) -> f64 {
        let channel = |v: u8| {
            let v = f64::from(v) / 255.0;
            if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(c.r()) + 0.7152 * channel(c.g()) + 0.0722 * channel(c.b())
    }

    fn contrast(a: Color32, b: Color32) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// What a colour looks like to somebody without one kind of cones: Viénot, Brettel & Mollon (1999), "Digital
    /// video colourmaps for checking the legibility of displays by dichromats", for the red and the green ones;
    /// Brettel, Viénot & Mollon (1997) with one half-plane for the blue ones. Linear light, 0 to 1.
    fn seen(c: Color32, kind: usize) -> [f64; 3] {
        let linear = |v: u8| {
            let v = f64::from(v) / 255.0;
            if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        };
        let rgb = [linear(c.r()), linear(c.g()), linear(c.b())];
        let matrix = match kind {
            0 => [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
            1 => [[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]],
            2 => [[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]],
            _ => [[1.01277, 0.13548, -0.14826], [-0.01243, 0.86812, 0.14431], [0.07589, 0.805, 0.11911]],
        };
        matrix.map(|row| row.iter().zip(rgb).map(|(a, b)| a * b).sum::<f64>().clamp(0.0, 1.0))
    }

    /// CIE L*a*b* under D65.
    fn lab(rgb: [f64; 3]) -> [f64; 3] {
        let xyz = [
            (0.4124 * rgb[0] + 0.3576 * rgb[1] + 0.1805 * rgb[2]) / 0.95047,
            0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2],
            (0.0193 * rgb[0] + 0.1192 * rgb[1] + 0.9505 * rgb[2]) / 1.08883,
        ];
        let f = xyz.map(|v| if v > 0.008_856 { v.cbrt() } else { 7.787 * v + 16.0 / 116.0 });
        [116.0 * f[1] - 16.0, 500.0 * (f[0] - f[1]), 200.0 * (f[1] - f[2])]
    }

    /// No two codes are taken for each other, whatever cones somebody has; least of all the first six, which are given
    /// first. And still no meaning hangs on a colour alone: a code's name stands beside its bar.
    #[test]
    fn codes_are_told_apart_by_everybody() {
        for (name, t) in [("light", &LIGHT), ("dark", &DARK), ("contrast", &CONTRAST)] {
            for kind in 0..4 {
                let seen: Vec<_> = t.codes.iter().map(|c| lab(seen(*c, kind))).collect();
                for a in 0..seen.len() {
                    for b in a + 1..seen.len() {
                        let apart = seen[a].iter().zip(seen[b]).map(|(x, y)| (x - y).powi(2)).sum::<f64>().sqrt();
                        let least = if b < 6 || kind == 0 { 20.0 } else { 13.0 };
                        assert!(apart >= least, "{name}, {kind}: {} and {} are {apart:.1} apart", a + 1, b + 1);
                    }
                }
            }
        }
    }

    #[test]
    fn text_and_marks_stand_out() {
        for t in [&LIGHT, &DARK, &CONTRAST] {
            for ground in [t.paper, t.panel, t.selection, t.person, t.organisation, t.place, t.other] {
                assert!(contrast(t.ink, ground) >= 7.0, "ink on {ground:?}: {:.2}", contrast(t.ink, ground));
            }
            for ground in [t.paper, t.panel] {
                assert!(contrast(t.soft, ground) >= 4.5, "soft on {ground:?}: {:.2}", contrast(t.soft, ground));
                assert!(contrast(t.warning, ground) >= 4.5, "warning: {:.2}", contrast(t.warning, ground));
            }
            assert!(contrast(t.on_accent, t.accent) >= 4.5);
            for code in t.codes {
                assert!(contrast(code, t.paper) >= 3.0, "{code:?}: {:.2}", contrast(code, t.paper));
            }
        }
        for colour in CONTRAST.codes.into_iter().chain([CONTRAST.soft, CONTRAST.faint, CONTRAST.accent, CONTRAST.rule])
        {
            assert!(contrast(colour, CONTRAST.paper) >= 6.0, "{colour:?}: {:.2}", contrast(colour, CONTRAST.paper));
        }
    }
}
