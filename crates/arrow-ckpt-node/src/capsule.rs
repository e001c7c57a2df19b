//! A C stream of Arrow in an External of JavaScript. Its pointer is to a `struct ArrowArrayStream`, as in a `PyCapsule` of the name
//! `arrow_array_stream`, whose rules hold: who takes the stream moves the struct out (copies it and sets `release` to null in the
//! External's). If nobody did, the External's finaliser calls `release`. It frees the struct in either case. docs/arrow.md.
//!
//! Not of `memory.rs`: that is of memory that both sides use in turn, this of a pointer of C's that changes hands once. Napi-rs's own
//! External points to a type of Rust's, which C cannot read.
#![expect(unsafe_code, reason = "pointers of C's")]

use std::ffi::c_void;
use std::ptr::null_mut;

use arrow_ckpt::arrow::FFI_ArrowArrayStream;
use napi::bindgen_prelude::{ToNapiValue, TypeName, Unknown};
use napi::{Env, JsValue, Result, ValueType, check_status, sys};

/// Marks Externals whose pointer is to a `struct ArrowArrayStream`. In the documents: others may give their streams the same tag.
static TAG: sys::napi_type_tag =
    sys::napi_type_tag { lower: 0x6172_726f_775f_6172, upper: 0x7261_795f_7374_7265 };

/// A stream on its way to JavaScript.
pub struct Capsule(FFI_ArrowArrayStream);

impl Capsule {
    /// The External takes the stream.
    pub fn new(stream: FFI_ArrowArrayStream) -> Self {
        Self(stream)
    }
}

impl TypeName for Capsule {
    fn type_name() -> &'static str {
        "External"
    }

    fn value_type() -> ValueType {
        ValueType::External
    }
}

impl ToNapiValue for Capsule {
    unsafe fn to_napi_value(env: sys::napi_env, Self(stream): Self) -> Result<sys::napi_value> {
        let pointer = Box::into_raw(Box::new(stream)).cast::<c_void>();
        let mut external = null_mut();
        // SAFETY: `env` is the caller's, on JavaScript's thread; the pointer is the External's from here on.
        let status =
            unsafe { sys::napi_create_external(env, pointer, Some(finalise), null_mut(), &raw mut external) };
        if status != sys::Status::napi_ok {
            // SAFETY: nobody else has the pointer.
            drop(unsafe { Box::from_raw(pointer.cast::<FFI_ArrowArrayStream>()) });
        }
        check_status!(status, "cannot make an External")?;
        // SAFETY: `external` was made just now, and has no tag yet.
        let tagged = unsafe { sys::napi_type_tag_object(env, external, &raw const TAG) };
        check_status!(tagged, "cannot tag an External")?;
        Ok(external)
    }
}

/// JavaScript has forgotten the External. A stream that nobody took is released by its drop.
unsafe extern "C" fn finalise(_: sys::napi_env, pointer: *mut c_void, _: *mut c_void) {
    // SAFETY: the pointer is from `Box::into_raw` above, and a finaliser runs once.
    drop(unsafe { Box::from_raw(pointer.cast::<FFI_ArrowArrayStream>()) });
}

/// The stream of an External, which has none afterwards; `None` for any other value, and if somebody took it before.
pub fn take_stream(env: &Env, value: &Unknown<'_>) -> Result<Option<FFI_ArrowArrayStream>> {
    let (env, value) = (env.raw(), value.raw());
    let (mut tagged, mut pointer) = (false, null_mut());
    let mut kind = sys::ValueType::napi_undefined;
    // SAFETY: both are of this call, on JavaScript's thread; the other pointers are to locals.
    check_status!(unsafe { sys::napi_typeof(env, value, &raw mut kind) })?;
    if kind != sys::ValueType::napi_external {
        return Ok(None);
    }
    // SAFETY: as above.
    check_status!(unsafe { sys::napi_check_object_type_tag(env, value, &raw const TAG, &raw mut tagged) })?;
    if !tagged {
        return Ok(None);
    }
    // SAFETY: as above, and the value is an External.
    check_status!(unsafe { sys::napi_get_value_external(env, value, &raw mut pointer) })?;
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: the tag says that the pointer is to such a struct, which is the External's, and lives as long as that.
    let stream = unsafe { FFI_ArrowArrayStream::from_raw(pointer.cast()) };
    Ok(stream.release().is_some().then_some(stream))
}
