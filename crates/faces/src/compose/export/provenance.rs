//! What a saved picture or video says about its origin: the ages that it shows, and that a model altered it.
//! Such files travel without the program's other notes.

use std::io::{self, Write};

/// This program and its version.
pub(super) const PROGRAM: &str = concat!("agemirror ", env!("CARGO_PKG_VERSION"));
/// The term of the IPTC's vocabulary for photographs that a generative model has altered.
const SOURCE_TYPE: &str =
    "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia";
/// The keyword of XMP in PNG.
const PNG_XMP: &str = "XML:com.adobe.xmp";
/// The start of an APP1 segment with XMP in JPEG.
const JPEG_XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";

/// The origin of an aged picture or video, which is stored in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provenance {
    description: String,
}

impl Provenance {
    /// The origin of a file that shows these ages, given by their labels, such as `30` or `20–29`. Repeated
    /// labels are named once.
    pub fn of_ages<'a>(labels: impl IntoIterator<Item = &'a str>) -> Self {
        let mut named: Vec<&str> = Vec::new();
        labels.into_iter().for_each(|label| {
            if !named.contains(&label) {
                named.push(label);
            }
        });
        if named.is_empty() { Self::changing() } else { Self::with(&named.join(", ")) }
    }

    /// The origin of an animation from one age to another, given by their labels.
    pub fn between(first: &str, last: &str) -> Self {
        Self::with(&format!("{first} to {last}"))
    }

    /// The origin of a file whose ages are not known beforehand, such as a recording.
    pub fn changing() -> Self {
        Self { description: "Aged by agemirror".to_owned() }
    }

    fn with(ages: &str) -> Self {
        let unit = if ages == "1" { "year" } else { "years" };
        Self { description: format!("Aged by agemirror: {ages} {unit}") }
    }

    /// A sentence such as `Aged by agemirror: 8, 30, 60, 80 years`.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// The address of the term that says that a model altered the file.
    pub fn source_type(&self) -> &'static str {
        SOURCE_TYPE
    }

    /// The origin as an XMP packet, in UTF-8.
    pub fn xmp(&self) -> String {
        let description = self.description.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        format!(
            r#"<?xpacket begin="{bom}" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">
   <dc:description><rdf:Alt><rdf:li xml:lang="x-default">{description}</rdf:li></rdf:Alt></dc:description>
   <xmp:CreatorTool>{program}</xmp:CreatorTool>
   <Iptc4xmpExt:DigitalSourceType>{SOURCE_TYPE}</Iptc4xmpExt:DigitalSourceType>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"#,
            bom = '\u{feff}',
            program = PROGRAM,
        )
    }

    /// Adds the origin to a PNG or an animated PNG.
    pub(super) fn tag_png<W: Write>(
        &self,
        encoder: &mut png::Encoder<'_, W>,
    ) -> Result<(), png::EncodingError> {
        encoder.add_text_chunk("Software".to_owned(), PROGRAM.to_owned())?;
        encoder.add_itxt_chunk("Description".to_owned(), self.description.clone())?;
        encoder.add_itxt_chunk(PNG_XMP.to_owned(), self.xmp())
    }

    /// Writes an encoded JPEG with the origin in a segment after its first one.
    pub(super) fn write_jpeg(&self, jpeg: &[u8], out: &mut dyn Write) -> io::Result<()> {
        let payload = [JPEG_XMP, self.xmp().as_bytes()].concat();
        // A segment's length includes its own two bytes.
        let length = u16::try_from(payload.len() + 2).map_err(io::Error::other)?;
        let first_length =
            jpeg.get(4..6).map_or(0, |bytes| usize::from(bytes[0]) << 8 | usize::from(bytes[1]));
        let (head, rest) = jpeg.split_at_checked(4 + first_length).ok_or(io::ErrorKind::InvalidData)?;
        out.write_all(head)?;
        out.write_all(&[0xff, 0xe1])?;
        out.write_all(&length.to_be_bytes())?;
        out.write_all(&payload)?;
        out.write_all(rest)
    }

    /// Writes the extension block of a GIF that holds the origin.
    pub(super) fn write_gif_xmp(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(&[0x21, 0xff, 11])?;
        out.write_all(b"XMP DataXMP")?;
        out.write_all(self.xmp().as_bytes())?;
        // XMP is not divided into blocks. A decoder that takes its bytes for lengths ends up in these bytes,
        // each of which leads to the zero at the end.
        out.write_all(&[1])?;
        out.write_all(&(0..=255).rev().collect::<Vec<u8>>())?;
        out.write_all(&[0])
    }
}

#[cfg(test)]
#[path = "provenance_tests.rs"]
mod tests;
