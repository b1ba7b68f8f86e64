//! A quick way through RON as this program itself writes it: nearly every file of a project, and most of the time that
//! opening one takes.
//!
//! Structs without a name, enums, options, lists, tuples, maps, strings, numbers, yes and no: nothing else. Whatever
//! else is met (a comment, an attribute, a raw string, a field that the type does not know, anything that is wrong)
//! ends the attempt with `None`, and the `ron` crate, which knows the whole language and says what is wrong with a
//! file, reads it from the start. So what is read here is read there too, to the same value; only sooner.

#[cfg(test)]
mod tests;

use std::fmt;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{self, Deserialize, DeserializeSeed, Visitor};
use serde::forward_to_deserialize_any;

/// How many structs, enums, options, lists, tuples and maps may stand in each other. The `ron` crate counts up to
/// three levels for one of them and refuses more than 128.
const DEEPEST: usize = 40;

/// Reads a whole text, or leaves it to the `ron` crate.
pub fn read<'de, T: Deserialize<'de>>(text: &'de str) -> Option<T> {
    let mut reader = Reader { text, at: 0, depth: 0 };
    reader.space();
    let value = T::deserialize(&mut reader).ok()?;
    reader.space();
    (reader.at == text.len()).then_some(value)
}

/// The text is not one for this reader.
#[derive(Debug)]
struct Other;

impl fmt::Display for Other {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this is for the ron crate to read")
    }
}

impl std::error::Error for Other {}

impl de::Error for Other {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

struct Reader<'de> {
    text: &'de str,
    /// Where it stands, in bytes; always between two characters.
    at: usize,
    depth: usize,
}

/// Whether a byte may stand in a name, or begins a character that may.
fn in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// Whether a byte ends a number.
fn ends_number(byte: Option<u8>) -> bool {
    matches!(byte, Some(b',' | b')' | b']' | b'}' | b':' | b' ' | b'\n' | b'\r' | b'\t'))
}

impl<'de> Reader<'de> {
    fn rest(&self) -> &'de [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.byte() {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        let there = self.byte() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn expect(&mut self, byte: u8) -> Result<(), Other> {
        if self.eat(byte) { Ok(()) } else { Err(Other) }
    }

    /// A word that does not go on behind.
    fn eat_word(&mut self, word: &str) -> bool {
        let rest = self.rest();
        let there = rest.starts_with(word.as_bytes()) && !rest.get(word.len()).is_some_and(|b| in_name(*b));
        if there {
            self.at += word.len();
        }
        there
    }

    /// The next `len` bytes.
    fn take(&mut self, len: usize) -> Result<&'de str, Other> {
        let taken = self.text.get(self.at..self.at + len).ok_or(Other)?;
        self.at += len;
        Ok(taken)
    }

    /// A field's or a variant's name in plain letters: `voice`, or `r#free-indirect`.
    fn name(&mut self) -> Result<&'de str, Other> {
        let raw = self.rest().starts_with(b"r#");
        if raw {
            self.at += 2;
        }
        let rest = self.rest();
        let more = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_' || (raw && matches!(b, b'.' | b'+' | b'-'));
        let len = rest.iter().position(|b| !more(b)).ok_or(Other)?;
        let starts = raw || !rest[..len].first().is_none_or(u8::is_ascii_digit);
        // `a-b` is no name without `r#`.
        if len == 0 || !starts || rest[len] >= 0x80 || matches!(rest[len], b'.' | b'+' | b'-') {
            return Err(Other);
        }
        self.take(len)
    }

    /// A string; a copy of it only where something in it is escaped.
    fn string<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Other> {
        self.expect(b'"')?;
        let plain = self.up_to_mark()?;
        if self.eat(b'"') {
            return visitor.visit_borrowed_str(plain);
        }
        let mut out = plain.to_owned();
        while !self.eat(b'"') {
            self.expect(b'\\')?;
            out.push(self.escaped()?);
            out.push_str(self.up_to_mark()?);
        }
        visitor.visit_string(out)
    }

    /// What stands before the next `"` or `\`.
    fn up_to_mark(&mut self) -> Result<&'de str, Other> {
        let len = self.rest().iter().position(|b| matches!(b, b'"' | b'\\')).ok_or(Other)?;
        self.take(len)
    }

    /// The character that an escape behind its `\` stands for.
    fn escaped(&mut self) -> Result<char, Other> {
        let kind = self.byte().ok_or(Other)?;
        self.at += usize::from(kind.is_ascii());
        Ok(match kind {
            b'\'' | b'"' | b'\\' => char::from(kind),
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'0' => '\0',
            b'u' => {
                self.expect(b'{')?;
                let len = self.rest().iter().take(7).position(|b| *b == b'}').ok_or(Other)?;
                let digits = self.take(len)?;
                self.expect(b'}')?;
                // `from_str_radix` would take a sign.
                if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
                    return Err(Other);
                }
                u32::from_str_radix(digits, 16).ok().and_then(char::from_u32).ok_or(Other)?
            }
            _ => return Err(Other),
        })
    }

    /// The bytes of a number that are of one kind.
    fn digits(&mut self, of: impl Fn(&u8) -> bool) -> Result<&'de str, Other> {
        let len = self.rest().iter().position(|b| !of(b)).ok_or(Other)?;
        let digits = self.take(len)?;
        if ends_number(self.byte()) { Ok(digits) } else { Err(Other) }
    }

    fn whole<T: std::str::FromStr>(&mut self) -> Result<T, Other> {
        let minus = self.byte() == Some(b'-');
        let start = self.at;
        self.at += usize::from(minus);
        let digits = self.digits(u8::is_ascii_digit)?;
        if digits.is_empty() {
            return Err(Other);
        }
        self.text[start..self.at].parse().map_err(|_| Other)
    }

    fn float<T: std::str::FromStr>(&mut self) -> Result<T, Other> {
        for word in ["inf", "-inf", "NaN"] {
            if self.eat_word(word) {
                return word.parse().map_err(|_| Other);
            }
        }
        let digits = self.digits(|b| b.is_ascii_digit() || matches!(b, b'e' | b'E' | b'.' | b'+' | b'-'))?;
        digits.parse().map_err(|_| Other)
    }

    /// What stands between an opening mark and its closing one.
    fn between<R>(
        &mut self,
        open: u8,
        close: u8,
        inside: impl FnOnce(&mut Self) -> Result<R, Other>,
    ) -> Result<R, Other> {
        self.expect(open)?;
        let value = self.deeper(inside)?;
        self.space();
        self.expect(close)?;
        Ok(value)
    }

    fn deeper<R>(&mut self, inside: impl FnOnce(&mut Self) -> Result<R, Other>) -> Result<R, Other> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Other);
        }
        let value = inside(self)?;
        self.depth -= 1;
        Ok(value)
    }

    /// The one value in the brackets of `Some( )` or of a variant.
    fn only<R>(&mut self, inside: impl FnOnce(&mut Self) -> Result<R, Other>) -> Result<R, Other> {
        self.space();
        self.between(b'(', b')', |r| {
            r.space();
            let value = inside(r)?;
            r.space();
            r.eat(b',');
            Ok(value)
        })
    }

    fn fields<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Other> {
        self.between(b'(', b')', |reader| visitor.visit_map(Fields(List { reader, close: b')', comma: true })))
    }
}

/// The members between two brackets.
struct List<'a, 'de> {
    reader: &'a mut Reader<'de>,
    close: u8,
    /// Whether one more may follow.
    comma: bool,
}

impl List<'_, '_> {
    fn has_more(&mut self) -> Result<bool, Other> {
        self.reader.space();
        match (self.reader.byte() == Some(self.close), self.comma) {
            (true, _) => Ok(false),
            (false, true) => Ok(true),
            (false, false) => Err(Other),
        }
    }

    fn after(&mut self) {
        self.reader.space();
        self.comma = self.reader.eat(b',');
    }

    fn value<'de, S: DeserializeSeed<'de>>(list: &mut List<'_, 'de>, seed: S) -> Result<S::Value, Other> {
        list.reader.space();
        list.reader.expect(b':')?;
        list.reader.space();
        let value = seed.deserialize(&mut *list.reader)?;
        list.after();
        Ok(value)
    }
}

impl<'de> de::SeqAccess<'de> for List<'_, 'de> {
    type Error = Other;

    /// Room for one: most lists in an annotation have a single member, and without a hint each takes room for four.
    fn size_hint(&self) -> Option<usize> {
        Some(usize::from(self.reader.byte() != Some(self.close)))
    }

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Other> {
        if !self.has_more()? {
            return Ok(None);
        }
        let value = seed.deserialize(&mut *self.reader)?;
        self.after();
        Ok(Some(value))
    }
}

impl<'de> de::MapAccess<'de> for List<'_, 'de> {
    type Error = Other;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Other> {
        if self.has_more()? { seed.deserialize(&mut *self.reader).map(Some) } else { Ok(None) }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Other> {
        List::value(self, seed)
    }
}

/// The fields of a struct, whose keys are names.
struct Fields<'a, 'de>(List<'a, 'de>);

impl<'de> de::MapAccess<'de> for Fields<'_, 'de> {
    type Error = Other;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Other> {
        if !self.0.has_more()? {
            return Ok(None);
        }
        seed.deserialize(BorrowedStrDeserializer::new(self.0.reader.name()?)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Other> {
        List::value(&mut self.0, seed)
    }
}

struct Variant<'a, 'de>(&'a mut Reader<'de>);

impl<'de> de::EnumAccess<'de> for Variant<'_, 'de> {
    type Error = Other;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Other> {
        let name = self.0.name()?;
        Ok((seed.deserialize(BorrowedStrDeserializer::new(name))?, self))
    }
}

impl<'de> de::VariantAccess<'de> for Variant<'_, 'de> {
    type Error = Other;

    fn unit_variant(self) -> Result<(), Other> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Other> {
        self.0.only(|reader| seed.deserialize(reader))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Other> {
        self.0.space();
        de::Deserializer::deserialize_tuple(self.0, len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Other> {
        self.0.space();
        self.0.fields(visitor)
    }
}

macro_rules! numbers {
    ($($method:ident $visit:ident $read:ident;)+) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Other> {
            visitor.$visit(self.$read()?)
        })+
    };
}

impl<'de> de::Deserializer<'de> for &mut Reader<'de> {
    type Error = Other;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Other> {
        Err(Other)
    }

    // A field that the type does not know (`ignored_any`) is told to the user: the careful way finds its name.
    forward_to_deserialize_any! {
        i128 u128 char bytes byte_buf unit unit_struct newtype_struct tuple_struct identifier ignored_any
    }

    numbers! {
        deserialize_i8 visit_i8 whole;
        deserialize_i16 visit_i16 whole;
        deserialize_i32 visit_i32 whole;
        deserialize_i64 visit_i64 whole;
        deserialize_u8 visit_u8 whole;
        deserialize_u16 visit_u16 whole;
        deserialize_u32 visit_u32 whole;
        deserialize_u64 visit_u64 whole;
        deserialize_f32 visit_f32 float;
        deserialize_f64 visit_f64 float;
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Other> {
        if self.eat_word("true") {
            visitor.visit_bool(true)
        } else if self.eat_word("false") {
            visitor.visit_bool(false)
        } else {
            Err(Other)
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Other> {
        self.string(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Other> {
        self.string(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Other> {
        if self.eat_word("None") {
            visitor.visit_none()
        } else if self.eat_word("Some") {
            self.only(|reader| visitor.visit_some(reader))
        } else {
            Err(Other)
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Other> {
        self.between(b'[', b']', |reader| visitor.visit_seq(List { reader, close: b']', comma: true }))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Other> {
        self.between(b'(', b')', |reader| visitor.visit_seq(List { reader, close: b')', comma: true }))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Other> {
        self.between(b'{', b'}', |reader| visitor.visit_map(List { reader, close: b'}', comma: true }))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Other> {
        self.fields(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Other> {
        self.deeper(|reader| visitor.visit_enum(Variant(reader)))
    }
}
