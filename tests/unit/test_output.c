// SPDX-License-Identifier: MIT
// A file that appears only when it is whole: what is in the folder at every step, on both kinds of file system.
#include "unit.h"

#include "base/output.h"

#include <fcntl.h>
#include <sys/stat.h>

static void read_back(const char *path, const char *want) {
    char text[64] = "";
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    assert_int_equal(size, strlen(want));
    assert_string_equal(text, want);
}

static void appears_whole(void **state) {
    struct enl_output output;
    const char *path = unit_path(state, "a.mp4");
    assert_true(enl_output_open(&output, path, false, NULL));
    assert_int_equal(write(output.file, "half", 4), 4);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(write(output.file, "whole", 5), 5);
    assert_true(enl_output_commit(&output, NULL));
    assert_int_equal(output.file, -1);
    read_back(path, "halfwhole");
    struct stat info;
    mode_t mask = umask(0);
    umask(mask);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0666 & ~mask);
    enl_output_abort(&output); // legal
    assert_int_equal(unit_count_files(*state), 1);
}

static void abort_leaves_nothing(void **state) {
    struct enl_output output;
    assert_true(enl_output_open(&output, unit_path(state, "a"), false, NULL));
    assert_int_equal(write(output.file, "half", 4), 4);
    enl_output_abort(&output);
    assert_int_equal(output.file, -1);
    assert_int_equal(unit_count_files(*state), 0);
    output = (struct enl_output){.file = -1};
    enl_output_abort(&output);
}

static void existing_is_refused_or_replaced(void **state) {
    struct enl_error error = {0};
    struct enl_output output;
    const char *path = unit_path(state, "a");
    assert_true(enl_output_write(path, "old", 3, false, &error));
    assert_false(enl_output_open(&output, path, false, &error));
    assert_int_equal(error.code, ENL_IO);
    assert_non_null(strstr(error.text, path));
    assert_true(enl_output_open(&output, path, true, &error));
    assert_int_equal(write(output.file, "new!", 4), 4);
    read_back(path, "old"); // until it is whole
    enl_output_abort(&output);
    read_back(path, "old");
    assert_true(enl_output_write(path, "new!", 4, true, &error));
    read_back(path, "new!");
    assert_int_equal(unit_count_files(*state), 1);
}

// Made by somebody else after the check: still not replaced.
static void no_moment_between_check_and_act(void **state) {
    struct enl_error error = {0};
    struct enl_output output;
    const char *path = unit_path(state, "a");
    assert_true(enl_output_open(&output, path, false, &error));
    assert_true(enl_output_write(path, "theirs", 6, false, &error));
    assert_false(enl_output_commit(&output, &error));
    assert_int_equal(error.code, ENL_IO);
    read_back(path, "theirs");
    assert_int_equal(unit_count_files(*state), 1);
}

static void no_folder_no_file(void **state) {
    struct enl_error error = {0};
    struct enl_output output;
    assert_false(enl_output_open(&output, unit_path(state, "none/a"), false, &error));
    assert_int_equal(error.code, ENL_IO);
    assert_non_null(strstr(error.text, "none/a"));
    error = (struct enl_error){0};
    assert_false(enl_output_open(&output, *state, true, &error)); // a folder itself
    assert_int_equal(error.code, ENL_IO);
    assert_false(enl_output_open(&output, "/dev/null", true, &error));
    assert_int_equal(error.code, ENL_IO);
    assert_int_equal(unit_count_files(*state), 0);
}

// The way without O_TMPFILE: the file has a name beside its place, and loses it.
static void named_beside(void **state) {
    const char *path = unit_path(state, "a"), *part = unit_path(state, "a.part");
    for (int keep = 0; keep < 2; keep++) {
        struct enl_output output = {
            .file = open(part, O_CREAT | O_EXCL | O_RDWR, 0666), .path = strdup(path), .beside = strdup(part)};
        assert_true(output.file >= 0);
        assert_int_equal(write(output.file, "x", 1), 1);
        if (keep) assert_true(enl_output_commit(&output, NULL));
        else enl_output_abort(&output);
        assert_int_equal(unit_count_files(*state), keep);
    }
    read_back(path, "x");
    // Without --force it must not replace what came meanwhile, here as there.
    struct enl_output output = {
        .file = open(part, O_CREAT | O_EXCL | O_RDWR, 0666), .path = strdup(path), .beside = strdup(part)};
    struct enl_error error = {0};
    assert_true(output.file >= 0);
    assert_false(enl_output_commit(&output, &error));
    assert_int_equal(error.code, ENL_IO);
    read_back(path, "x");
    assert_int_equal(unit_count_files(*state), 1);
}

// A folder taken away meanwhile is an error and no crash.
static void folder_vanishes(void **state) {
    struct enl_error error = {0};
    struct enl_output output;
    const char *folder = unit_path(state, "sub"), *path = unit_path(state, "sub/a");
    assert_int_equal(mkdir(folder, 0777), 0);
    assert_true(enl_output_open(&output, path, false, &error));
    assert_int_equal(rmdir(folder), 0);
    assert_false(enl_output_commit(&output, &error));
    assert_int_equal(error.code, ENL_IO);
}

// Two files: both, or none and what was there.
static void pairs(void **state) {
    for (int failing = 0; failing < 3; failing++) // 0: none; 1, 2: the name of that one is taken meanwhile
        for (int force = 0; force < 2; force++)
            for (int named = 0; named < 2; named++) { // as on a file system without O_TMPFILE
                struct enl_error error = {0};
                struct enl_output outputs[2];
                const char *paths[2] = {unit_path(state, "a.mov"), unit_path(state, "a.jpg")};
                for (int i = 0; force && i < 2; i++) assert_true(enl_output_write(paths[i], "old", 3, true, NULL));
                for (int i = 0; i < 2; i++) {
                    assert_true(enl_output_open(&outputs[i], paths[i], force, &error));
                    if (named) {
                        close(outputs[i].file);
                        outputs[i].beside = strdup(unit_path(state, i ? "b.part" : "a.part"));
                        outputs[i].file = open(outputs[i].beside, O_CREAT | O_EXCL | O_RDWR, 0666);
                    }
                    assert_true(enl_output_put(&outputs[i], i ? "still" : "film", i ? 5 : 4, &error));
                }
                for (int i = 0; i < 2; i++) {
                    if (failing != i + 1) continue;
                    unlink(paths[i]);
                    assert_int_equal(mkdir(paths[i], 0777), 0);
                }
                bool done = enl_output_commit_all(outputs, 2, &error);
                if (failing) {
                    assert_false(done);
                    assert_int_equal(error.code, ENL_IO);
                    if (force) read_back(paths[2 - failing], "old");
                    else assert_int_equal(access(paths[2 - failing], F_OK), -1);
                } else {
                    assert_true(done);
                    read_back(paths[0], "film");
                    read_back(paths[1], "still");
                    assert_int_equal(unit_count_files(*state), 2);
                }
                for (int i = 0; i < 2; i++) {
                    assert_int_equal(outputs[i].file, -1);
                    if (unlink(paths[i]) != 0) rmdir(paths[i]);
                }
                assert_int_equal(unit_count_files(*state), 0);
            }
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, unit_folder, unit_remove_folder)

int main(void) {
    const struct CMUnitTest tests[] = {
        EACH(appears_whole),
        EACH(abort_leaves_nothing),
        EACH(existing_is_refused_or_replaced),
        EACH(no_moment_between_check_and_act),
        EACH(no_folder_no_file),
        EACH(named_beside),
        EACH(folder_vanishes),
        EACH(pairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
