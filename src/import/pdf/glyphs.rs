//! The glyphs of a page and where they stand.

use hayro_interpret::font::{Glyph as Drawn, GlyphRun};
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::kurbo::{Affine, BezPath, Point, Rect};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, SoftMask, TransformExt as _, interpret_page,
};

use super::super::Problem;

/// How many glyphs a file may have.
const MOST: usize = 20_000_000;
/// How many a page may have.
const MOST_ON_PAGE: usize = 400_000;

/// A glyph, in points from the page's upper left corner.
#[derive(Clone, Debug)]
pub struct Glyph {
    pub text: String,
    pub x0: f32,
    pub x1: f32,
    /// The line it stands on.
    pub y: f32,
    pub size: f32,
    pub bold: bool,
}

/// A page.
#[derive(Debug, Default)]
pub struct Page {
    pub width: f32,
    pub height: f32,
    pub glyphs: Vec<Glyph>,
}

/// The pages of a file, and whether there are pictures on them.
pub fn pages(file: &Pdf) -> Result<(Vec<Page>, bool), Problem> {
    let cache = InterpreterCache::new();
    let (mut pages, mut pictures, mut count) = (Vec::new(), false, 0);
    for page in file.pages().iter() {
        let (width, height) = page.render_dimensions();
        let frame = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
        let placed = page.initial_transform(true).to_kurbo();
        let mut context = Context::new(placed, frame, &cache, file.xref(), InterpreterSettings::default());
        let mut eye = Eye { page: Page { width, height, glyphs: Vec::new() }, pictures: false };
        interpret_page(page, &mut context, &mut eye);
        pictures |= eye.pictures;
        count += eye.page.glyphs.len();
        if count > MOST {
            return Err(Problem::TooComplex { what: format!("more than {MOST} letters") });
        }
        pages.push(eye.page);
    }
    Ok((pages, pictures))
}

/// What looks at a page as it is drawn.
struct Eye {
    page: Page,
    pictures: bool,
}

impl Eye {
    fn see(&mut self, drawn: &Drawn<'_>, placed: Affine, bold: bool) {
        let Some(text) = drawn.as_unicode() else { return };
        let text = match text {
            BfString::Char(c) => c.to_string(),
            BfString::String(s) => s,
        };
        let origin = placed * Point::ZERO;
        // Outlines are drawn in thousandths of the size.
        let up = placed * Point::new(0.0, 1000.0) - origin;
        let advance = match drawn {
            Drawn::Outline(outline) => outline.advance_width(),
            Drawn::Type3(glyph) => glyph.advance_width(),
        };
        let along = placed * Point::new(f64::from(advance.unwrap_or(500.0)), 0.0) - origin;
        let size = up.hypot() as f32;
        // What is printed up the margin is no line of the text.
        let upright = along.x >= 0.0 && along.y.abs() <= along.x.abs() * 0.3 + 0.001;
        let sound = [origin.x, origin.y, along.x].iter().all(|n| n.is_finite() && n.abs() < 1e6);
        if !upright || !sound || !(0.5..2000.0).contains(&size) || self.page.glyphs.len() >= MOST_ON_PAGE {
            return;
        }
        let (x, y) = (origin.x as f32, origin.y as f32);
        // What lies beside the page is not printed.
        if x < -size || x > self.page.width + size || y < -size || y > self.page.height + size {
            return;
        }
        self.page.glyphs.push(Glyph { text: plain(&text), x0: x, x1: x + along.x as f32, y, size, bold });
    }
}

/// Ligatures as the letters they stand for; characters for private use and for control as nothing.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            'ﬀ' => out.push_str("ff"),
            'ﬁ' => out.push_str("fi"),
            'ﬂ' => out.push_str("fl"),
            'ﬃ' => out.push_str("ffi"),
            'ﬄ' => out.push_str("ffl"),
            'ﬅ' | 'ﬆ' => out.push_str("st"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\u{e000}'..='\u{f8ff}' => {}
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

fn is_bold(drawn: &Drawn<'_>) -> bool {
    let Drawn::Outline(outline) = drawn else { return false };
    outline.font_data().is_some_and(|font| {
        let named =
            font.postscript_name.is_some_and(|n| n.contains("Bold") || n.contains("Black") || n.contains("Heavy"));
        named || font.weight.is_some_and(|w| w >= 600)
    })
}

impl<'a> Device<'a> for Eye {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, _: &DrawMode) {
        let bold = run.glyphs().first().is_some_and(|glyph| is_bold(glyph));
        for glyph in run.glyphs() {
            self.see(glyph, props.transform * glyph.transform(), bold);
        }
    }

    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {
        self.pictures = true;
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
