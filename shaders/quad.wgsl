// A rectangle of a texture onto a rectangle of the screen, pixel for pixel.

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

@group(0) @binding(0) var pixels: texture_2d<f32>;
@group(0) @binding(1) var nearest: sampler;

// On a surface that converts to sRGB the texture's view has converted from it: the two cancel out.
@fragment
fn plain(in: Corner) -> @location(0) vec4<f32> {
    return vec4<f32>(textureSample(pixels, nearest, in.texel).rgb, 1.0);
}
