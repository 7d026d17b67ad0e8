// SPDX-License-Identifier: MIT
// MP4 by libavformat: H.264 High (x264) and AAC-LC. The head of the file is laid out as
//   ftyp | free (room for credentials) | moov | uuid (XMP) | free | mdat
// so that a credential later takes the room's place without moving a byte of what follows.
#include "movie/mp4.h"

#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/opt.h>
#include <string.h>
#include <unistd.h>

#define AVIO_BUFFER (1 << 16)
#define XMP_SPACE 8192
#define ENCODER_THREADS 3 // fixed: x264's choices depend on it

struct enl_movie {
    const struct enl_output *output;
    struct enl_movie_params params;
    int io_error; // errno of the first failed write
    AVFormatContext *format;
    AVCodecContext *video, *audio;
    AVFrame *picture, *samples;
    AVPacket *packet;
    int64_t frames;
    int64_t sound_done; // sound frames encoded so far; a loop starts before 0
    int64_t reserved;  // bytes kept for the moov box and all that stands before mdat
};

static bool av_fail(const struct enl_movie *movie, int code, const char *what, struct enl_error *error) {
    char reason[AV_ERROR_MAX_STRING_SIZE] = "";
    if (movie->io_error)
        return enl_fail(error, ENL_IO, "%s cannot be written: %s.", movie->output->path, strerror(movie->io_error));
    // An encoder that takes our settings has no other reason to fail; x264 tells libavcodec none.
    if (code == AVERROR(ENOMEM) || code == AVERROR_EXTERNAL)
        return enl_fail(error, ENL_NO_MEMORY, "Not enough memory for the video's %s.", what);
    av_strerror(code, reason, sizeof reason);
    return enl_fail(error, ENL_INTERNAL, "The video's %s failed: %s.", what, reason);
}

static int write_bytes(void *user, uint8_t *bytes, int size) {
    struct enl_movie *movie = user;
    for (int done = 0; done < size;) {
        ssize_t n = write(movie->output->file, bytes + done, (size_t)(size - done));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            if (!movie->io_error) movie->io_error = errno;
            return AVERROR(errno);
        }
        done += (int)n;
    }
    return size;
}

static int64_t seek_to(void *user, int64_t offset, int whence) {
    struct enl_movie *movie = user;
    if (whence & AVSEEK_SIZE) return AVERROR(ENOSYS);
    off_t at = lseek(movie->output->file, offset, whence & ~AVSEEK_FORCE);
    return at < 0 ? AVERROR(errno) : at;
}

static AVCodecContext *new_encoder(struct enl_movie *movie, const char *name) {
    const AVCodec *codec = avcodec_find_encoder_by_name(name);
    AVCodecContext *context = codec ? avcodec_alloc_context3(codec) : NULL;
    if (!context) return NULL;
    context->log_level_offset = 128; // a library does not talk; levels are taken modulo 256
    context->flags |= AV_CODEC_FLAG_BITEXACT;
    if (movie->format->oformat->flags & AVFMT_GLOBALHEADER) context->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    return context;
}

static bool add_track(struct enl_movie *movie, AVCodecContext *context, struct enl_error *error) {
    AVStream *stream = avformat_new_stream(movie->format, NULL);
    int code = stream ? avcodec_parameters_from_context(stream->codecpar, context) : AVERROR(ENOMEM);
    if (code < 0) return av_fail(movie, code, "track", error);
    stream->time_base = context->time_base;
    if (context->codec_type == AVMEDIA_TYPE_VIDEO) stream->avg_frame_rate = context->framerate;
    return true;
}

static bool open_video(struct enl_movie *movie, struct enl_error *error) {
    const struct enl_movie_params *p = &movie->params;
    AVCodecContext *v = movie->video = new_encoder(movie, "libx264");
    if (!v) return enl_fail(error, ENL_INTERNAL, "This libavcodec has no x264.");
    // 10 Mbit/s at 1080x1920, 30 a second; smaller pictures get more bits a pixel, as each shows more in it.
    double pixels = (double)p->width * p->height * p->fps / (1080.0 * 1920 * 30);
    v->bit_rate = (int64_t)(10e6 * pow(pixels, pixels < 1 ? .4 : .75));
    // No VBV: with it x264's choices depend on which thread is ahead, and the same photo should give the same file.
    v->width = p->width;
    v->height = p->height;
    v->time_base = (AVRational){1, p->fps};
    v->framerate = (AVRational){p->fps, 1};
    v->sample_aspect_ratio = (AVRational){1, 1};
    v->pix_fmt = AV_PIX_FMT_YUV420P;
    v->color_range = AVCOL_RANGE_MPEG;
    v->colorspace = AVCOL_SPC_BT709;
    v->color_primaries = AVCOL_PRI_BT709;
    v->color_trc = AVCOL_TRC_BT709;
    v->chroma_sample_location = AVCHROMA_LOC_CENTER;
    v->gop_size = 2 * p->fps;
    v->thread_count = ENCODER_THREADS;
    av_opt_set(v->priv_data, "preset", "veryfast", 0);
    av_opt_set(v->priv_data, "profile", "high", 0);
    // The first frame is the photo, and what stands still is copied from it for two seconds: it is worth its bits. So
    // are the last frames of a loop, or the seam would be seen by their coarser grain alone.
    int fine = pixels < .3 ? 4 : p->loop ? 8 : 12; // a small picture's grain is seen more, and costs less
    // Looking ahead in a thread of its own holds more frames, some 40 MB of them, and writes the same file.
    char params[100];
    int length = snprintf(params, sizeof params, "sync-lookahead=0:zones=0,0,q=%d", fine);
    if (p->loop)
        snprintf(params + length, sizeof params - (size_t)length, "/%d,%d,q=%d", p->frames - 4, p->frames - 1, fine);
    av_opt_set(v->priv_data, "x264-params", params, 0);
    int code = avcodec_open2(v, NULL, NULL);
    return code < 0 ? av_fail(movie, code, "picture encoder", error) : add_track(movie, v, error);
}

static bool open_audio(struct enl_movie *movie, struct enl_error *error) {
    AVCodecContext *a = movie->audio = new_encoder(movie, "aac");
    if (!a) return enl_fail(error, ENL_INTERNAL, "This libavcodec has no AAC encoder.");
    a->sample_rate = 48000;
    a->sample_fmt = AV_SAMPLE_FMT_FLTP;
    av_channel_layout_default(&a->ch_layout, 2);
    a->bit_rate = 192000;
    a->time_base = (AVRational){1, 48000};
    // In a loop the encoder has heard the end before it hears the beginning; the edit list skips that.
    if (movie->params.loop && movie->params.sound_frames > 8192) movie->sound_done = -2 * 1024;
    int code = avcodec_open2(a, NULL, NULL);
    return code < 0 ? av_fail(movie, code, "sound encoder", error) : add_track(movie, a, error);
}

static bool open_frames(struct enl_movie *movie, struct enl_error *error) {
    movie->packet = av_packet_alloc();
    movie->picture = av_frame_alloc();
    if (!movie->packet || !movie->picture) return av_fail(movie, AVERROR(ENOMEM), "frames", error);
    movie->picture->format = AV_PIX_FMT_YUV420P;
    movie->picture->width = movie->params.width;
    movie->picture->height = movie->params.height;
    movie->picture->color_range = AVCOL_RANGE_MPEG;
    int code = av_frame_get_buffer(movie->picture, 0);
    if (code >= 0 && movie->audio) {
        if (!(movie->samples = av_frame_alloc())) return av_fail(movie, AVERROR(ENOMEM), "frames", error);
        movie->samples->format = AV_SAMPLE_FMT_FLTP;
        movie->samples->sample_rate = 48000;
        movie->samples->nb_samples = movie->audio->frame_size;
        av_channel_layout_default(&movie->samples->ch_layout, 2);
        code = av_frame_get_buffer(movie->samples, 0);
    }
    return code < 0 ? av_fail(movie, code, "frames", error) : true;
}

static bool write_header(struct enl_movie *movie, struct enl_error *error) {
    AVDictionary *options = NULL;
    // A frame takes up to 28 bytes of tables in each track; what is left over becomes part of the free box.
    movie->reserved = (int64_t)movie->params.room + XMP_SPACE + (64 << 10) + 64 * 1024;
    av_dict_set_int(&options, "moov_size", movie->reserved, 0);
    av_dict_set(&options, "movflags", "use_metadata_tags", 0);
    if (!strcmp(movie->format->oformat->name, "mp4")) av_dict_set(&options, "brand", "mp42", 0);
    movie->format->flags |= AVFMT_FLAG_BITEXACT;
    int code = avformat_write_header(movie->format, &options);
    av_dict_free(&options);
    return code < 0 ? av_fail(movie, code, "header", error) : true;
}

static void mp4_free(struct enl_movie **movie_pointer) {
    struct enl_movie *movie = movie_pointer ? *movie_pointer : NULL;
    if (!movie) return;
    avcodec_free_context(&movie->video);
    avcodec_free_context(&movie->audio);
    av_frame_free(&movie->picture);
    av_frame_free(&movie->samples);
    av_packet_free(&movie->packet);
    if (movie->format) {
        if (movie->format->pb) av_freep(&movie->format->pb->buffer);
        avio_context_free(&movie->format->pb);
        avformat_free_context(movie->format);
    }
    enl_release(movie);
    *movie_pointer = NULL;
}

struct enl_movie *enl_mp4_open(const char *muxer, const struct enl_output *output,
                               const struct enl_movie_params *params, struct enl_error *error) {
    // x264's threads crash where memory ends within them. It holds some twenty frames, with what it works out of each.
    if (!enl_memory_left(((size_t)32 << 20) + 80 * (size_t)params->width * (size_t)params->height, error)) return NULL;
    struct enl_movie *movie = enl_alloc(1, sizeof *movie, error);
    if (!movie) return NULL;
    movie->output = output;
    movie->params = *params;
    unsigned char *buffer = av_malloc(AVIO_BUFFER);
    bool done = avformat_alloc_output_context2(&movie->format, NULL, muxer, NULL) >= 0 && buffer;
    if (done) movie->format->pb = avio_alloc_context(buffer, AVIO_BUFFER, 1, movie, NULL, write_bytes, seek_to);
    done = done && movie->format->pb;
    if (!done) {
        av_free(buffer);
        enl_fail(error, ENL_NO_MEMORY, "Not enough memory for the video writer.");
    }
    if (done && open_video(movie, error) && (!params->sound || open_audio(movie, error)) && open_frames(movie, error) &&
        write_header(movie, error))
        return movie;
    mp4_free(&movie);
    return NULL;
}

static struct enl_movie *mp4_open(const struct enl_output *output, const struct enl_movie_params *params,
                                  struct enl_error *error) {
    return enl_mp4_open("mp4", output, params, error);
}

static bool mp4_buffer(struct enl_movie *movie, uint8_t *ret_planes[3], int ret_strides[3], struct enl_error *error) {
    int code = av_frame_make_writable(movie->picture);
    if (code < 0) return av_fail(movie, code, "frames", error);
    for (int c = 0; c < 3; c++) {
        ret_planes[c] = movie->picture->data[c];
        ret_strides[c] = movie->picture->linesize[c];
    }
    return true;
}

// Hands a frame (NULL: no more) to an encoder and its packets to the file.
static bool encode(struct enl_movie *movie, AVCodecContext *context, int track, const AVFrame *frame,
                   struct enl_error *error) {
    int code = avcodec_send_frame(context, frame);
    while (code >= 0) {
        code = avcodec_receive_packet(context, movie->packet);
        if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return true;
        if (code < 0) break;
        movie->packet->stream_index = track;
        if (track == 0) movie->packet->duration = 1;
        else
            movie->packet->duration = FFMIN(movie->packet->duration,
                                            (int64_t)movie->params.sound_frames - movie->packet->pts);
        if (movie->packet->duration <= 0) continue; // sound beyond the end of a loop
        av_packet_rescale_ts(movie->packet, context->time_base, movie->format->streams[track]->time_base);
        code = av_interleaved_write_frame(movie->format, movie->packet);
        if (code >= 0 && movie->io_error) code = AVERROR(movie->io_error);
    }
    return av_fail(movie, code, "encoding", error);
}

// Sound up to the end of the pictures so far, or all of it.
static bool encode_sound(struct enl_movie *movie, bool all, struct enl_error *error) {
    const struct enl_movie_params *p = &movie->params;
    int64_t size = movie->audio ? movie->audio->frame_size : 0, length = (int64_t)p->sound_frames;
    int64_t until = all ? length : movie->frames * 48000 / p->fps;
    while (movie->audio && movie->sound_done < length && (all || movie->sound_done + size <= until)) {
        // A loop's last block is filled from the beginning, not with silence.
        int64_t n = p->loop || length - movie->sound_done > size ? size : length - movie->sound_done;
        int code = av_frame_make_writable(movie->samples);
        if (code < 0) return av_fail(movie, code, "frames", error);
        movie->samples->nb_samples = (int)n;
        movie->samples->pts = movie->sound_done;
        for (int64_t i = 0; i < n; i++) {
            const float *from = p->sound + 2 * ((movie->sound_done + i + length) % length);
            for (int c = 0; c < 2; c++) ((float *)movie->samples->data[c])[i] = from[c];
        }
        movie->sound_done += n;
        if (!encode(movie, movie->audio, 1, movie->samples, error)) return false;
    }
    return true;
}

static bool mp4_add(struct enl_movie *movie, struct enl_error *error) {
    movie->picture->pts = movie->frames++;
    return encode(movie, movie->video, 0, movie->picture, error) && encode_sound(movie, false, error);
}

static void put32(uint8_t *p, uint32_t v) {
    p[0] = (uint8_t)(v >> 24), p[1] = (uint8_t)(v >> 16), p[2] = (uint8_t)(v >> 8), p[3] = (uint8_t)v;
}
static uint32_t get32(const uint8_t *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

// Lays out what stands between ftyp and mdat: room | moov | XMP | rest.
static bool arrange_head(struct enl_movie *movie, const char *xmp, struct enl_error *error) {
    // ISO 16684-1 (XMP part 3): the box that holds XMP in MP4.
    static const uint8_t xmp_uuid[16] = {0xBE, 0x7A, 0xCF, 0xCB, 0x97, 0xA9, 0x42, 0xE8,
                                         0x9C, 0x71, 0x99, 0x94, 0x91, 0xE3, 0xAF, 0xAC};
    int file = movie->output->file;
    size_t head = 64 + (size_t)movie->reserved, xmp_size = strlen(xmp), room = movie->params.room;
    uint8_t *old = enl_alloc(head, 1, error), *new = old ? enl_alloc((size_t)movie->reserved, 1, error) : NULL;
    if (!new) {
        enl_release(old);
        return false;
    }
    ssize_t got = pread(file, old, head, 0);
    size_t type = get32(old), moov = got > 0 && type < 64 ? get32(old + type) : 0;
    bool fits = moov >= 8 && !memcmp(old + type + 4, "moov", 4) &&
                room + moov + 24 + xmp_size + 8 <= (size_t)movie->reserved;
    ssize_t put = -1;
    if (fits) {
        uint8_t *at = new;
        put32(at, (uint32_t)room), memcpy(at + 4, "free", 4), at += room;
        memcpy(at, old + type, moov), at += moov;
        put32(at, (uint32_t)(24 + xmp_size)), memcpy(at + 4, "uuid", 4), memcpy(at + 8, xmp_uuid, 16);
        memcpy(at + 24, xmp, xmp_size), at += 24 + xmp_size;
        put32(at, (uint32_t)(new + movie->reserved - at)), memcpy(at + 4, "free", 4);
        put = pwrite(file, new, (size_t)movie->reserved, (off_t)type);
    }
    if (fits && put != (ssize_t)movie->reserved && !movie->io_error) movie->io_error = put < 0 ? errno : ENOSPC;
    enl_release(old);
    enl_release(new);
    if (movie->io_error) return av_fail(movie, 0, "head", error);
    return fits ? true : enl_fail(error, ENL_INTERNAL, "The video's tables outgrew the space kept for them.");
}

static bool mp4_finish(struct enl_movie *movie, const struct enl_movie_tags *tags, struct enl_error *error) {
    if (!encode_sound(movie, true, error) || (movie->audio && !encode(movie, movie->audio, 1, NULL, error)) ||
        !encode(movie, movie->video, 0, NULL, error))
        return false;
    av_dict_set(&movie->format->metadata, "AIGC", tags->aigc, 0);
    av_dict_set(&movie->format->metadata, "description", tags->description, 0);
    int code = av_write_trailer(movie->format);
    avio_flush(movie->format->pb);
    if (code < 0 || movie->io_error) return av_fail(movie, code, "end", error);
    return arrange_head(movie, tags->xmp, error);
}

const struct enl_movie_format enl_movie_mp4 = {.name = "mp4",
                                               .help = "H.264 and AAC, what every phone plays",
                                               .endings = {".mp4", ".m4v"},
                                               .usual = ".mp4",
                                               .max_side = 1920,
                                               .most_side = 3840,
                                               .seconds = 5,
                                               .fps = 30,
                                               .rates = {24, 25, 30, 60},
                                               .open = mp4_open,
                                               .buffer = mp4_buffer,
                                               .add = mp4_add,
                                               .finish = mp4_finish,
                                               .free = mp4_free};
