//! Body of a message: its bytes as they are, compressed, or as a reference to the archive.

use super::super::files::{Unfinished, make_folder, sync_folder};
use crate::digest::hex;
use crate::disk::{FileRefusal, Folder, Mode};
use crate::hub::HubError;
use crate::messages::{Partij, peek};
use flate2::Compression;
use flate2::read::{GzEncoder, MultiGzDecoder};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::io::Read;
use std::path::PathBuf;

/// `content_type` of a message itself.
pub const XML: &str = "application/xml";
/// `content_type` of a notice about a decision.
pub const JSON: &str = "application/json";
/// `content_type` of a reference to a message.
pub const REFERENCE: &str = "application/vnd.happyflow.reference+json";
/// `content_encoding` of a compressed message.
pub const GZIP: &str = "gzip";
/// The other one that senders may use.
pub const ZSTD: &str = "zstd";

fn gzipped(message: &[u8]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(message.len() / 8);
    // Reading from and writing to memory does not fail.
    let _ = GzEncoder::new(message, Compression::fast()).read_to_end(&mut packed);
    packed
}

/// A body with what the properties say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// What is sent.
    pub bytes: Vec<u8>,
    /// `content_type`.
    pub content_type: &'static str,
    /// `content_encoding`.
    pub encoding: Option<&'static str>,
}

/// A reference to a message in the archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reference {
    /// SHA-256 of the message, in lower-case hexadecimals; its file is called so, with `.xml` behind it.
    sha256: String,
    /// Its length in bytes.
    length: u64,
}

/// Why the message in a body cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContentError {
    /// The body is not what its properties say.
    #[error("de inhoud is niet uit te pakken")]
    Unpack,
    /// The reference is not in the agreed form.
    #[error("de verwijzing naar het archief is niet te lezen")]
    Reference,
    /// What is referred to is not in the archive, or is something else.
    #[error("het bericht waarnaar wordt verwezen is niet te lezen uit het archief")]
    Missing,
    /// The message is larger than we take. Nothing else of it was looked at.
    #[error("het bericht is groter dan limits.max_message_bytes")]
    TooLarge {
        /// Who it says that it comes from, when that is plain to see.
        afzender: Option<Partij>,
    },
}

/// When messages are compressed or referred to, and where the latter lie.
#[derive(Debug, Clone)]
pub struct Packing {
    /// Larger messages are compressed.
    pub compress_above: usize,
    /// What is larger even then is referred to.
    pub refer_above: usize,
    /// Where those lie.
    pub archive: PathBuf,
    /// What is larger is not taken in, however it stands in the body.
    pub max_message_bytes: u64,
}

impl Packing {
    /// The body for a message. What is referred to is in the archive, durably, when this returns.
    pub fn pack(&self, message: &[u8]) -> Result<Body, HubError> {
        if message.len() <= self.compress_above.min(self.refer_above) {
            return Ok(Body { bytes: message.to_vec(), content_type: XML, encoding: None });
        }
        let packed = gzipped(message);
        if packed.len() <= self.refer_above {
            return Ok(Body { bytes: packed, content_type: XML, encoding: Some(GZIP) });
        }
        let sha256 = hex(&Sha256::digest(message));
        let archive = make_folder(&self.archive)?;
        let name = file(&sha256);
        // What others put there under this name is not ours.
        let there = archive.file(name.as_ref()).is_ok_and(|file| file.length() == message.len() as u64);
        if !there {
            let file = Unfinished::write(&archive, &name, Mode::Shared, message)?;
            file.sync()?;
            file.finish()?;
            sync_folder(&archive)?;
        }
        let reference = Reference { sha256, length: message.len() as u64 };
        let bytes = serde_json::to_vec(&reference).unwrap_or_default();
        Ok(Body { bytes, content_type: REFERENCE, encoding: None })
    }

    /// The body for a notice about a decision: nobody shares an archive for those.
    #[must_use]
    pub fn pack_document(&self, document: &[u8]) -> Body {
        let whole = document.len() <= self.compress_above;
        let bytes = if whole { document.to_vec() } else { gzipped(document) };
        Body { bytes, content_type: JSON, encoding: (!whole).then_some(GZIP) }
    }

    /// The message in a body that was received.
    pub fn unpack<'b>(
        &self,
        content_type: Option<&str>,
        encoding: Option<&str>,
        body: &'b [u8],
    ) -> Result<Cow<'b, [u8]>, ContentError> {
        let body = match encoding {
            None | Some("" | "identity") => self.fitting(Cow::Borrowed(body))?,
            // Of several members as well: that is what a sender gets who compresses in parts.
            Some(GZIP) => self.bounded(MultiGzDecoder::new(body))?,
            Some(ZSTD) => {
                let decoder = zstd::stream::read::Decoder::new(body);
                self.bounded(decoder.map_err(|_| ContentError::Unpack)?)?
            }
            Some(_) => return Err(ContentError::Unpack),
        };
        if content_type == Some(REFERENCE) { self.referred(&body).map(Cow::Owned) } else { Ok(body) }
    }

    fn referred(&self, body: &[u8]) -> Result<Vec<u8>, ContentError> {
        let reference: Reference = serde_json::from_slice(body).map_err(|_| ContentError::Reference)?;
        let Reference { sha256, length } = reference;
        let is_digest = sha256.len() == 64
            && sha256.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        if !is_digest {
            return Err(ContentError::Reference);
        }
        if length > self.max_message_bytes {
            return Err(ContentError::TooLarge { afzender: None });
        }
        let name = file(&sha256);
        // Who may refer may also write there.
        let archived = Folder::open(&self.archive).map_err(FileRefusal::from);
        let bytes =
            archived.and_then(|archive| archive.file(name.as_ref())?.read(length)).map_err(|reason| {
                let path = self.archive.join(&name);
                tracing::warn!(path = %path.display(), %reason, "verwijzing naar het archief niet te volgen");
                ContentError::Missing
            })?;
        let same = bytes.len() as u64 == length && hex(&Sha256::digest(&bytes)) == sha256;
        if same { Ok(bytes) } else { Err(ContentError::Missing) }
    }

    /// Everything that a reader gives, when that is not too much.
    fn bounded<'b>(&self, reader: impl Read) -> Result<Cow<'b, [u8]>, ContentError> {
        let mut bytes = Vec::new();
        let read = reader.take(self.max_message_bytes + 1).read_to_end(&mut bytes);
        let bytes = self.fitting(Cow::Owned(bytes))?;
        read.map(|_| bytes).map_err(|_| ContentError::Unpack)
    }

    fn fitting<'b>(&self, message: Cow<'b, [u8]>) -> Result<Cow<'b, [u8]>, ContentError> {
        if message.len() as u64 > self.max_message_bytes {
            return Err(ContentError::TooLarge { afzender: peek::afzender(&message) });
        }
        Ok(message)
    }
}

/// The name of a message in the archive.
fn file(sha256: &str) -> String {
    format!("{sha256}.xml")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    /// Bytes of the largest message.
    const MOST: usize = 3 * 1024 * 1024;
    const TOO_LARGE: ContentError = ContentError::TooLarge { afzender: None };

    fn packing(folder: &Path, compress_above: usize, refer_above: usize) -> Packing {
        Packing {
            compress_above,
            refer_above,
            archive: folder.join("archief"),
            max_message_bytes: MOST as u64,
        }
    }

    fn back(packing: &Packing, body: &Body) -> Result<Vec<u8>, ContentError> {
        let unpacked = packing.unpack(Some(body.content_type), body.encoding, &body.bytes);
        unpacked.map(Cow::into_owned)
    }

    #[test]
    fn what_is_packed_is_unpacked_the_same_in_every_size() {
        let folder = tempfile::tempdir().unwrap();
        let message: Vec<u8> =
            (0..3000_u32).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        for (compress, refer, kind, encoding) in [
            (12_000, 20_000, XML, None),
            (11_999, 20_000, XML, Some(GZIP)),
            (0, 100, REFERENCE, None),
            (20_000, 11_999, REFERENCE, None),
        ] {
            let packing = packing(folder.path(), compress, refer);
            for _ in 0..2 {
                let body = packing.pack(&message).unwrap();
                assert_eq!((body.content_type, body.encoding), (kind, encoding));
                assert_eq!(back(&packing, &body).unwrap(), message);
            }
        }
        let zstd = zstd::encode_all(message.as_slice(), 1).unwrap();
        let unpacked = packing(folder.path(), 0, 0).unpack(None, Some(ZSTD), &zstd).unwrap().into_owned();
        assert_eq!(unpacked, message);
    }

    #[test]
    fn what_is_larger_than_a_message_may_be_is_said_to_be_so_however_it_is_packed() {
        let folder = tempfile::tempdir().unwrap();
        let zeros = vec![0; MOST + 1];
        for (compress, refer) in [(usize::MAX, usize::MAX), (0, usize::MAX), (0, 0)] {
            let packing = packing(folder.path(), compress, refer);
            let large = packing.pack(&zeros).unwrap();
            assert_eq!(back(&packing, &large), Err(TOO_LARGE), "{large:?}");
            let fits = packing.pack(&zeros[1..]).unwrap();
            assert_eq!(back(&packing, &fits).unwrap().len(), MOST);
        }
        let packing = packing(folder.path(), 0, usize::MAX);
        let zstd = zstd::encode_all(zeros.as_slice(), 1).unwrap();
        assert_eq!(packing.unpack(None, Some(ZSTD), &zstd), Err(TOO_LARGE));
        let header = "<Bericht><Header><BerichtCode>414</BerichtCode><BerichtVersie>3</BerichtVersie>\
                      <BerichtSubversie>2</BerichtSubversie><Afzender>0193</Afzender>";
        let named = [header.as_bytes(), &zeros].concat();
        let found = packing.unpack(None, None, &named);
        assert_eq!(found, Err(ContentError::TooLarge { afzender: Partij::parse("0193") }));
    }

    #[test]
    fn a_cut_body_and_an_unknown_encoding_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let packing = packing(folder.path(), 0, usize::MAX);
        let mut cut = packing.pack(b"<bericht/>").unwrap();
        cut.bytes.pop();
        assert_eq!(back(&packing, &cut), Err(ContentError::Unpack));
        assert_eq!(packing.unpack(None, Some("br"), &[1]), Err(ContentError::Unpack));
    }

    #[test]
    fn gzip_of_several_members_is_read_to_its_end_and_bounded_as_a_whole() {
        let folder = tempfile::tempdir().unwrap();
        let packing = packing(folder.path(), 0, usize::MAX);
        let member = |part: &[u8]| packing.pack(part).unwrap().bytes;
        let members = [member(b"<bericht>"), member(b""), member(b"</bericht>")].concat();
        assert_eq!(*packing.unpack(None, Some(GZIP), &members).unwrap(), *b"<bericht></bericht>");
        let half = vec![b' '; MOST / 2 + 1];
        let large = [member(&half), member(&half)].concat();
        assert_eq!(packing.unpack(None, Some(GZIP), &large), Err(TOO_LARGE));
        let cut = &members[..members.len() - 1];
        assert_eq!(packing.unpack(None, Some(GZIP), cut), Err(ContentError::Unpack));
        // Behind the last member nothing else may stand.
        let followed = [member(b"<bericht/>"), b"rest".to_vec()].concat();
        assert_eq!(packing.unpack(None, Some(GZIP), &followed), Err(ContentError::Unpack));
    }

    #[test]
    fn a_reference_leads_to_that_message_and_nowhere_else() {
        let folder = tempfile::tempdir().unwrap();
        let packing = packing(folder.path(), 0, 0);
        let body = packing.pack(b"<bericht/>").unwrap();
        assert_eq!(back(&packing, &body).unwrap(), b"<bericht/>");
        for bad in [
            r#"{"sha256":"../../../../etc/passwd","length":10}"#,
            r#"{"sha256":"","length":10}"#,
            r#"{"length":10}"#,
            "geen json",
        ] {
            let found = packing.unpack(Some(REFERENCE), None, bad.as_bytes());
            assert_eq!(found, Err(ContentError::Reference), "{bad}");
        }
        let text = String::from_utf8(body.bytes.clone()).unwrap();
        let longer = text.replace("\"length\":10", "\"length\":11");
        assert_eq!(packing.unpack(Some(REFERENCE), None, longer.as_bytes()), Err(ContentError::Missing));
        let file = std::fs::read_dir(&packing.archive).unwrap().next().unwrap().unwrap().path();
        std::fs::write(file, b"<anders/ >").unwrap();
        assert_eq!(back(&packing, &body), Err(ContentError::Missing));
    }
}
