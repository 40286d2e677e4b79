// The corners of rectangles on the screen, with their places in a texture. It stands before quad.wgsl and film.wgsl.

struct Corner {
    @builtin(position) at: vec4<f32>,
    @location(0) texel: vec2<f32>,
}

// One quad an instance: left, top, right, bottom in clip space; then the texel at its top left, and the ways from there
// to the texels at the top right and the bottom left.
@vertex
fn corner(
    @builtin(vertex_index) index: u32,
    @location(0) to: vec4<f32>,
    @location(1) texel: vec2<f32>,
    @location(2) right: vec2<f32>,
    @location(3) down: vec2<f32>,
) -> Corner {
    let across = f32(index & 1u);
    let low = f32(index >> 1u);
    var out: Corner;
    out.at = vec4<f32>(mix(to.x, to.z, across), mix(to.y, to.w, low), 0.0, 1.0);
    out.texel = texel + across * right + low * down;
    return out;
}
