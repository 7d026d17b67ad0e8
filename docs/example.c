// SPDX-License-Identifier: MIT
// example PHOTO VIDEO: one photo in, a living story out, by the library. Told step by step in docs/library.md.
#include <stdio.h>

#include <enliven/model.h>
#include <enliven/story.h>

static bool show(void *user, const char *stage, double done, double left) {
    (void)user, (void)left;
    fprintf(stderr, "\r%-8s %3.0f %%", stage, 100 * done);
    return true; // false would stop within a frame and leave nothing behind
}

int main(int count, char **words) {
    struct enl_error error = {0};
    if (count != 3) return fprintf(stderr, "usage: example PHOTO VIDEO\n"), ENL_USAGE;

    // The models are found beside the library, or by $ENLIVEN_MODELS; without any it works too.
    struct enl_models *models = enl_models_open(NULL, &error);
    // Who signs it: here an identity of this run alone; enl_signer_new takes a certificate of one's own.
    struct enl_signer *signer = enl_signer_new_local(NULL, NULL, &error);
    struct enl_story *story = enl_story_make(
        words[1], words[2],
        enl_story_params(.models = models, .signer = signer, .prompt = "clouds drift, she smiles", .seconds = 3,
                         .progress = show),
        &error);
    enl_signer_free(&signer);
    enl_models_free(&models);
    if (!story) return fprintf(stderr, "\n%s\n", error.text), (int)error.code;

    printf("\n%s: %dx%d, %d frames\n", words[2], story->width, story->height, story->frames);
    for (int i = 0; i < story->plan->motion_count; i++) printf("moved: %s\n", story->plan->motions[i].motion);
    if (story->plan->left_out[0]) printf("%s\n", story->plan->left_out);
    enl_story_free(&story);
    return ENL_OK;
}
