//! How the decoder says that something is wrong: it gives up, at once.

use std::{any::Any, ffi::c_int, panic::resume_unwind, ptr};

use mozjpeg_sys::{jpeg_common_struct, jpeg_error_mgr, msg_parm_union};

/// What is thrown when the decoder gives up.
struct Refusal;

/// Whether this was thrown because the decoder gave up; anything else is a fault.
pub(super) fn is_refusal(thrown: &(dyn Any + Send)) -> bool {
    thrown.is::<Refusal>()
}

/// Errors end the decoding, and so do warnings: the decoder would go on and fill what is missing with grey.
pub(super) fn errors() -> jpeg_error_mgr {
    jpeg_error_mgr {
        error_exit: Some(refuse),
        emit_message: Some(hear),
        reset_error_mgr: Some(ignore),
        // These would put words together, which are the library's own; nothing asks for them.
        output_message: None,
        format_message: None,
        msg_code: 0,
        msg_parm: msg_parm_union::default(),
        trace_level: 0,
        num_warnings: 0,
        jpeg_message_table: ptr::null(),
        last_jpeg_message: 0,
        addon_message_table: ptr::null(),
        first_addon_message: 0,
        last_addon_message: 0,
    }
}

/// The library demands that this never returns.
extern "C-unwind" fn refuse(_: &mut jpeg_common_struct) {
    // Unlike a panic it is no fault, so no hook hears of it.
    resume_unwind(Box::new(Refusal));
}

extern "C-unwind" fn hear(_: &mut jpeg_common_struct, level: c_int) {
    const WARNING: c_int = -1;
    if level <= WARNING {
        resume_unwind(Box::new(Refusal));
    }
}

extern "C-unwind" fn ignore(_: &mut jpeg_common_struct) {}
