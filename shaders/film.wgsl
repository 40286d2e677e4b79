// A film's planes onto a rectangle of the screen, by the film's own matrix and range.

struct Coefficients {
    red: vec4<f32>,
    green: vec4<f32>,
    blue: vec4<f32>,
    // What a panel needs: a gain for each channel, and the exponent put on it then.
    finish: vec4<f32>,
}

@group(0) @binding(0) var luma: texture_2d<f32>;
@group(0) @binding(1) var blue_difference: texture_2d<f32>;
@group(0) @binding(2) var red_difference: texture_2d<f32>;
@group(0) @binding(3) var smooth_sampler: sampler;
@group(0) @binding(4) var<uniform> rows: Coefficients;

fn colour(texel: vec2<f32>) -> vec3<f32> {
    let y = textureSample(luma, smooth_sampler, texel).r;
    let u = textureSample(blue_difference, smooth_sampler, texel).r;
    let v = textureSample(red_difference, smooth_sampler, texel).r;
    let yuv = vec4<f32>(y, u, v, 1.0);
    let rgb = clamp(vec3<f32>(dot(rows.red, yuv), dot(rows.green, yuv), dot(rows.blue, yuv)), vec3<f32>(0.0), vec3<f32>(1.0));
    let sent = rgb * rows.finish.rgb;
    return select(pow(sent, vec3<f32>(rows.finish.a)), sent, rows.finish.a == 1.0);
}

@fragment
fn plain(in: Corner) -> @location(0) vec4<f32> {
    return vec4<f32>(colour(in.texel), 1.0);
}

// For surfaces that convert to sRGB (IEC 61966-2-1): what is shown must be converted from it first.
@fragment
fn linear(in: Corner) -> @location(0) vec4<f32> {
    let c = colour(in.texel);
    let low = c / 12.92;
    let high = pow((c + vec3<f32>(0.055)) / 1.055, vec3<f32>(2.4));
    return vec4<f32>(select(high, low, c <= vec3<f32>(0.04045)), 1.0);
}
