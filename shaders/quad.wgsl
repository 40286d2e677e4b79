// A rectangle of a texture onto a rectangle of the screen, pixel for pixel.

@group(0) @binding(0) var pixels: texture_2d<f32>;
@group(0) @binding(1) var nearest: sampler;

// On a surface that converts to sRGB the texture's view has converted from it: the two cancel out.
@fragment
fn plain(in: Corner) -> @location(0) vec4<f32> {
    return vec4<f32>(textureSample(pixels, nearest, in.texel).rgb, 1.0);
}
