//! Tells the linker how Node loads an addon on each platform.
fn main() {
    napi_build::setup();
}
