"""TGT051 to TGT069: the output folder. Part of `tgt`."""

from typing import Final

from generator.codes import Code

_OURS = "gatepost's own rule; generator/artifacts"

OUTPUT_CODES: Final = (
    Code(
        "TGT051",
        "error",
        "two files of one name",
        "Two artifacts of one run would be written to the same path: two sites have one name, or two outputs of a target have\n"
        "one file name. One would replace the other, so none is written.",
        _OURS,
    ),
    Code(
        "TGT052",
        "error",
        "a file in the way that gatepost did not write",
        "A file stands where an artifact belongs; its bytes are not the artifact's, and no manifest (.gatepost.json, beside the\n"
        "artifacts) says that an earlier run wrote it. It is never overwritten. Move it away, or choose another folder. If an\n"
        "earlier run did write it and the manifest was lost, delete the file and render again; keep .gatepost.json together\n"
        "with the artifacts, in version control too.",
        _OURS,
    ),
    Code(
        "TGT053",
        "error",
        "something that is no file where a file belongs",
        "A symbolic link, a folder, a pipe or a device stands where an artifact belongs. A link is not followed: it could lead\n"
        "out of the folder.",
        _OURS,
    ),
    Code(
        "TGT054",
        "error",
        "something that is no folder where a folder belongs",
        "A file or a symbolic link stands where the folder of a site or a target belongs. A link is not followed: it could lead\n"
        "anywhere. The folder given with -o may be a link.",
        _OURS,
    ),
    Code(
        "TGT055",
        "error",
        "a damaged manifest",
        "The manifest .gatepost.json lists the files that gatepost wrote, with their digests; without it nobody can tell them\n"
        "from others. This one was changed by hand or by a merge. Restore it from version control, or move the target's folder\n"
        "away and render again.",
        _OURS,
    ),
    Code(
        "TGT056",
        "error",
        "the operating system refuses the output folder",
        "Reading or writing failed: no permission, a read-only file system, a full disk, a name that is too long. Every file is\n"
        "written beside its place first and then renamed, so each one is the old or the new one, whole. The same command\n"
        "completes the work when the cause is cured.",
        "rename(2), fsync(2)",
    ),
    Code(
        "TGT057",
        "warning",
        "an artifact that was edited by hand",
        "The manifest knows the file, but its bytes are not the ones that gatepost wrote. `render` writes the artifact and\n"
        "keeps the edited text beside it, under the file's name with `.edited-` and part of its digest. With --strict nothing\n"
        "is written.",
        _OURS,
    ),
    Code(
        "TGT058",
        "warning",
        "an edited file that is rendered no more",
        "An earlier run wrote the file, somebody edited it since, and the site does not render it any more. A file as we wrote\n"
        "it would be removed; this one stays, and the manifest forgets it. Something may still load it: look, and remove it\n"
        "yourself.",
        _OURS,
    ),
    Code(
        "TGT060",
        "error",
        "drift: an artifact is missing",
        "`render --check` found no file where the site renders one.",
        _OURS,
    ),
    Code(
        "TGT061",
        "error",
        "drift: an artifact of an earlier run",
        "`render --check` found the file as an earlier run wrote it, and the site renders another now: the site file, a\n"
        "connector profile, a network list, an option, a template or gatepost itself has changed since.",
        _OURS,
    ),
    Code(
        "TGT062",
        "error",
        "drift: an artifact was edited",
        "`render --check` found bytes that gatepost did not write, in a file that it did write. The unified diff shows the\nedits.",
        _OURS,
    ),
    Code(
        "TGT063",
        "error",
        "drift: a file of an earlier run is left",
        "`render --check` found a file that an earlier run wrote and that the site does not render any more. `render` removes\nit.",
        _OURS,
    ),
    Code(
        "TGT064",
        "error",
        "drift: the mode of an artifact",
        "`render --check` found a script that is not executable, a file that is and should not be, or one that everybody may\n"
        "write to. The other permission bits follow the umask of whoever checked the files out, and are not compared.",
        _OURS,
    ),
)
